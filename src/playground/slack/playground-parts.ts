import type { Logger } from "pino";
import type { AppDelivery } from "./app-delivery.ts";
import type { ChangeFeed } from "./change-feed.ts";
import type { EventSender } from "./event-sender.ts";
import type { Faults } from "./faults.ts";
import type { FileStore } from "./file-store.ts";
import type { MessageValues } from "./message-values.ts";
import type { MessageStore } from "./message-store.ts";
import type { PlaygroundClock } from "./playground-clock.ts";
import type { PlaygroundSecrets } from "./playground-secrets.ts";
import type { RateLimits } from "./rate-limits.ts";
import type { MessageRenderer } from "./render-message.ts";
import type { ResponseUrls } from "./response-urls.ts";
import type { ScheduledMessages } from "./scheduled-messages.ts";
import type { SocketMode } from "./socket-mode.ts";
import type { ThreadSessions } from "./thread-sessions.ts";
import type { Traffic } from "./traffic.ts";
import type { TriggerIds } from "./trigger-ids.ts";
import type { ViewStore } from "./view-store.ts";
import type { Workspace } from "./workspace.ts";

/** A command as the app's manifest declares it; shown in the composer's completion. */
export interface DeclaredCommand {
  /** With its slash. */
  readonly command: string;
  readonly description: string;
  readonly usageHint?: string;
}

export interface DeclaredShortcut {
  readonly type: "message" | "global";
  readonly callbackId: string;
  readonly name: string;
}

/** Every part of the running playground; routes and methods get it handed in. */
export interface PlaygroundParts {
  readonly workspace: Workspace;
  readonly messages: MessageStore;
  readonly views: ViewStore;
  readonly messageValues: MessageValues;
  readonly files: FileStore;
  readonly sessions: ThreadSessions;
  readonly scheduled: ScheduledMessages;
  readonly responseUrls: ResponseUrls;
  readonly triggers: TriggerIds;
  readonly renderer: MessageRenderer;
  readonly events: EventSender;
  readonly delivery: AppDelivery;
  /** Undefined when payloads go over HTTP. */
  readonly socketMode: SocketMode | undefined;
  readonly changes: ChangeFeed;
  readonly faults: Faults;
  readonly rateLimits: RateLimits;
  readonly traffic: Traffic;
  readonly clock: PlaygroundClock;
  readonly secrets: PlaygroundSecrets;
  readonly commands: readonly DeclaredCommand[];
  /** True: only declared commands may be used. */
  readonly strictCommands: boolean;
  readonly shortcuts: readonly DeclaredShortcut[];
  readonly logger: Logger | undefined;
  /** "http://127.0.0.1:port", without a slash at the end. */
  readonly baseUrl: () => string;
}
