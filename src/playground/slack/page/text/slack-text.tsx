import { useMemo } from "preact/hooks";
import type { TextObject } from "../block-shapes.ts";
import { withEmoji } from "./emoji.ts";
import { parseMrkdwn } from "./parse-mrkdwn.ts";
import { TextNodes } from "./text-nodes.tsx";

/** A text object of Slack: mrkdwn is formatted, plain text shows only its emoji. */
export function SlackText({ text }: { readonly text: TextObject | string | undefined }) {
  if (text === undefined) return null;
  if (typeof text === "string") return <>{withEmoji(text)}</>;
  if (text.type !== "mrkdwn") return <>{plainOf(text)}</>;
  return <Mrkdwn source={text.text} />;
}

export function Mrkdwn({ source }: { readonly source: string }) {
  return <TextNodes nodes={useMemo(() => parseMrkdwn(source), [source])} />;
}

/** A plain_text object as a string, for labels and attributes. */
export function plainOf(text: TextObject | undefined): string {
  if (text === undefined) return "";
  return text.emoji === false ? text.text : withEmoji(text.text);
}
