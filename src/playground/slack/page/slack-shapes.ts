import type { Block, TextObject } from "./block-shapes.ts";

export interface Attachment {
  readonly id?: number;
  readonly color?: string;
  readonly pretext?: string;
  readonly author_name?: string;
  readonly author_link?: string;
  readonly title?: string;
  readonly title_link?: string;
  readonly text?: string;
  readonly fields?: readonly { readonly title?: string; readonly value?: string; readonly short?: boolean }[];
  readonly image_url?: string;
  readonly thumb_url?: string;
  readonly footer?: string;
  readonly ts?: number | string;
  readonly blocks?: readonly Block[];
}

export interface FileObject {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly mimetype: string;
  readonly pretty_type: string;
  readonly size: number;
  readonly alt_txt?: string;
}

export interface Message {
  readonly ts: string;
  readonly channel: string;
  readonly user: string;
  readonly text: string;
  readonly subtype?: string;
  readonly bot_id?: string;
  readonly username?: string;
  readonly icons?: { readonly emoji?: string; readonly image_48?: string };
  readonly blocks?: readonly Block[];
  readonly attachments?: readonly Attachment[];
  readonly files?: readonly FileObject[];
  readonly edited?: { readonly user: string; readonly ts: string };
  readonly reactions?: readonly {
    readonly name: string;
    readonly users: readonly string[];
    readonly count: number;
  }[];
  readonly thread_ts?: string;
  readonly reply_count?: number;
  readonly reply_users?: readonly string[];
  readonly latest_reply?: string;
  readonly is_ephemeral?: boolean;
  readonly streaming_state?: "in_progress" | "completed" | "errored";
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly real_name: string;
  readonly tz: string;
  readonly locale: string;
  readonly is_bot: boolean;
  readonly is_restricted: boolean;
  readonly deleted: boolean;
  readonly profile: { readonly title: string };
}

export interface UserGroup {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly users: readonly string[];
}

export interface Channel {
  readonly id: string;
  readonly name?: string;
  readonly is_im: boolean;
  readonly is_private?: boolean;
  readonly members: readonly string[];
  readonly latest: string | null;
  readonly purpose?: { readonly value: string };
}

export interface Session {
  readonly channel: string;
  readonly thread_ts: string | null;
  readonly status: string;
  readonly loading_messages: readonly string[];
  readonly title: string;
  readonly prompts_title: string;
  readonly prompts: readonly { readonly title: string; readonly message: string }[];
  readonly agent_status: string | null;
}

/** Slack's value object of an element; the field that holds the value depends on `type`. */
export type ElementValue = Readonly<Record<string, unknown>>;
export type ElementValues = Readonly<Record<string, Readonly<Record<string, ElementValue>>>>;

export interface View {
  readonly id: string;
  readonly type: "modal" | "home";
  readonly hash: string;
  readonly blocks: readonly Block[];
  readonly state: { readonly values: ElementValues };
  readonly title: TextObject;
  readonly submit: TextObject | null;
  readonly close: TextObject | null;
}

export interface SlashCommand {
  readonly command: string;
  readonly description: string;
  readonly usage_hint: string;
}

export interface Shortcut {
  readonly type: "message" | "global";
  readonly callback_id: string;
  readonly name: string;
}

export interface TrafficEntry {
  readonly id: number;
  readonly at: number;
  readonly direction: "from-app" | "to-app";
  readonly kind: string;
  readonly name: string;
  readonly request: unknown;
  readonly response: unknown;
  readonly outcome: string;
  readonly durationMs: number;
}
