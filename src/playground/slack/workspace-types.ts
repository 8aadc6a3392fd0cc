import type { Fields } from "./wire-fields.ts";

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly email: string;
  readonly title: string;
  /** As Slack names it, e.g. "ko-KR". */
  readonly locale: string;
  /** IANA name. */
  readonly tz: string;
  readonly isRestricted: boolean;
  readonly deleted: boolean;
  readonly isBot: boolean;
  /** From another workspace, through a shared channel. */
  readonly isExternal?: boolean;
}

export interface Channel {
  readonly id: string;
  /** For a direct message: the person's id. */
  readonly name: string;
  readonly kind: "channel" | "group" | "im";
  readonly members: readonly string[];
  readonly purpose: string;
}

export interface UserGroup {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly users: readonly string[];
}

export interface Reaction {
  readonly name: string;
  readonly users: readonly string[];
}

/** A message as the workspace keeps it; `renderMessage` makes Slack's form of it. */
export interface Message {
  readonly channel: string;
  readonly ts: string;
  readonly user: string;
  /** True for what the app posted. */
  readonly fromApp: boolean;
  readonly text: string;
  readonly blocks?: readonly Fields[];
  readonly attachments?: readonly Fields[];
  readonly fileIds?: readonly string[];
  /** Set on replies only; the root has none. */
  readonly threadTs?: string;
  readonly broadcast?: boolean;
  readonly metadata?: Fields;
  readonly edited?: { readonly user: string; readonly ts: string };
  readonly reactions?: readonly Reaction[];
  readonly subtype?: string;
  readonly clientMessageId?: string;
  readonly username?: string;
  readonly icons?: Fields;
  /** The one person who sees it; such a message is in no history. */
  readonly ephemeralFor?: string;
  readonly stream?: MessageStream;
}

export interface MessageStream {
  readonly state: "in_progress" | "completed" | "errored";
  readonly display: "timeline" | "plan";
  readonly segments: readonly StreamSegment[];
  readonly planTitle?: string;
  /** Milliseconds since 1970 of the last append. */
  readonly lastAppendAt: number;
}

export type StreamSegment =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "task"; readonly id: string; readonly task: Fields }
  | { readonly kind: "blocks"; readonly blocks: readonly Fields[] };

/** A modal or Home as the workspace keeps it. */
export interface ViewRecord {
  readonly id: string;
  readonly user: string;
  readonly kind: "modal" | "home";
  readonly hash: string;
  readonly rootId: string;
  readonly previousId: string | null;
  /** The view's own fields, with every block_id and action_id filled in. */
  readonly content: Fields;
  /** What the person has entered so far: block id -> action id -> Slack's value object. */
  readonly values: StateValues;
}

export type StateValues = Readonly<Record<string, Readonly<Record<string, Fields>>>>;
