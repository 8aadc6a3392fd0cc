import type { KnownBlock } from "@slack/types";

/** What a view gives: blocks for the eye, text for notifications and screen readers. */
export interface MessageView {
  text: string;
  blocks: KnownBlock[];
}

export const section = (text: string): KnownBlock => ({ type: "section", text: { type: "mrkdwn", text } });
export const context = (...texts: string[]): KnownBlock => ({
  type: "context",
  elements: texts.map((text) => ({ type: "mrkdwn" as const, text })),
});

export interface ButtonOptions {
  style?: "primary" | "danger";
  confirm?: { title: string; text: string; confirm: string; deny: string };
}

/** `value` is an opaque id; the server holds what it stands for. */
export function button(actionId: string, label: string, value: string, options: ButtonOptions = {}) {
  const plain = (text: string) => ({ type: "plain_text" as const, text, emoji: true });
  return {
    type: "button" as const,
    action_id: actionId,
    text: plain(label),
    value,
    ...(options.style !== undefined && { style: options.style }),
    ...(options.confirm !== undefined && {
      confirm: {
        title: plain(options.confirm.title),
        text: plain(options.confirm.text),
        confirm: plain(options.confirm.confirm),
        deny: plain(options.confirm.deny),
      },
    }),
  };
}

export const actions = (...elements: ReturnType<typeof button>[]): KnownBlock => ({
  type: "actions",
  elements,
});

/** ▓▓▓▓▓▓░░░░ */
export function bar(part: number, width = 10): string {
  const filled = Math.max(0, Math.min(width, Math.round(part * width)));
  return "▓".repeat(filled) + "░".repeat(width - filled);
}
