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

/** The action id of every overflow menu: its options say themselves what they do. */
export const MORE = "more";

/** What matters less than two buttons. An option acts as a button of that id and value would; Slack takes at most five. */
export function overflow(...options: readonly { actionId: string; label: string; value: string }[]) {
  return {
    type: "overflow" as const,
    action_id: MORE,
    options: options.slice(0, 5).map(({ actionId, label, value }) => ({
      text: { type: "plain_text" as const, text: label, emoji: true },
      value: `${actionId}:${value}`,
    })),
  };
}

/** What an option of an overflow menu stands for. */
export function readOverflow(value: string): { actionId: string; value: string } {
  const at = value.indexOf(":");
  return { actionId: value.slice(0, at), value: value.slice(at + 1) };
}

export const actions = (
  ...elements: (ReturnType<typeof button> | ReturnType<typeof overflow>)[]
): KnownBlock => ({
  type: "actions",
  elements,
});

/** ▓▓▓▓▓▓░░░░ */
export function bar(part: number, width = 10): string {
  const filled = Math.max(0, Math.min(width, Math.round(part * width)));
  return "▓".repeat(filled) + "░".repeat(width - filled);
}
