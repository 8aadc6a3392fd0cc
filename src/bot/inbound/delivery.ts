import { createHash } from "node:crypto";
import { z } from "zod";
import { MORE, readOverflow } from "../views/message.ts";
import type { InboundKind } from "../../store/database.ts";

/** What is kept of a Slack delivery: only what handling it needs. The actor always is the signed payload's. */
export const deliverySchema = z.object({
  user: z.string(),
  team: z.string().optional(),
  channel: z.string(),
  /** The message's own time, or the button's message. */
  ts: z.string().optional(),
  threadTs: z.string().optional(),
  direct: z.boolean().default(false),
  text: z.string().default(""),
  /** "/train" */
  command: z.string().optional(),
  actionId: z.string().optional(),
  value: z.string().optional(),
  /** Answers to a button of an ephemeral message go there: 5 uses within 30 minutes. */
  responseUrl: z.string().optional(),
  /** What was opened of the conversation with the bot. */
  tab: z.enum(["home", "messages"]).optional(),
  /** The button's message is seen by its presser only. */
  ephemeral: z.boolean().default(false),
  /** A message in a thread without a mention: it may be a question to the bot. */
  followUp: z.boolean().default(false),
  /** The form that says what is wrong with an answer. */
  feedback: z
    .object({
      answerId: z.string(),
      cause: z.enum(["other-page", "page-outdated", "misread", "incomplete"]),
      reason: z.string(),
      /** The right answer, to be offered first on such questions. */
      curated: z.string().default(""),
    })
    .optional(),
  form: z.object({ stage: z.string(), parameters: z.record(z.string(), z.string()) }).optional(),
});
export type Delivery = z.infer<typeof deliverySchema>;

export interface Inbound {
  key: string;
  kind: InboundKind;
  delivery: Delivery;
}

const event = z.object({
  type: z.literal("event_callback"),
  event_id: z.string(),
  team_id: z.string().optional(),
  event: z.object({
    type: z.string(),
    user: z.string().optional(),
    bot_id: z.string().optional(),
    subtype: z.string().optional(),
    channel: z.string().optional(),
    channel_type: z.string().optional(),
    text: z.string().optional(),
    ts: z.string().optional(),
    thread_ts: z.string().optional(),
    tab: z.string().optional(),
  }),
});
const command = z.object({
  command: z.string(),
  text: z.string().default(""),
  user_id: z.string(),
  team_id: z.string().optional(),
  channel_id: z.string(),
  trigger_id: z.string(),
  response_url: z.string().optional(),
});
export const blockActions = z.object({
  type: z.literal("block_actions"),
  trigger_id: z.string(),
  user: z.object({ id: z.string(), team_id: z.string().optional() }),
  channel: z.object({ id: z.string() }).optional(),
  message: z.object({ ts: z.string(), thread_ts: z.string().optional() }).optional(),
  container: z
    .object({ type: z.string(), is_ephemeral: z.boolean().optional(), thread_ts: z.string().optional() })
    .partial()
    .optional(),
  response_url: z.string().optional(),
  view: z
    .object({
      id: z.string(),
      hash: z.string().optional(),
      private_metadata: z.string().optional(),
      callback_id: z.string().optional(),
      state: z.object({ values: z.record(z.string(), z.unknown()) }).optional(),
    })
    .optional(),
  actions: z
    .array(
      z
        .object({
          action_id: z.string(),
          value: z.string().optional(),
          selected_option: z.object({ value: z.string() }).nullish(),
        })
        .transform((action) => {
          // An option of an overflow menu is a button that was not worth its place.
          if (action.action_id !== MORE) return action;
          const { actionId, value } = readOverflow(action.selected_option?.value ?? "");
          return { ...action, action_id: actionId, value };
        }),
    )
    .min(1),
});
export const viewSubmission = z.object({
  type: z.literal("view_submission"),
  user: z.object({ id: z.string(), team_id: z.string().optional() }),
  view: z.object({
    id: z.string(),
    callback_id: z.string(),
    private_metadata: z.string().default(""),
    state: z.object({
      values: z.record(
        z.string(),
        z.record(
          z.string(),
          z.object({
            value: z.string().nullish(),
            selected_option: z.object({ value: z.string() }).nullish(),
          }),
        ),
      ),
    }),
  }),
});

/** The events and commands that are work; undefined for everything else, the bot's own messages included. */
export function readInbound(body: unknown, botUserId: string): Inbound | undefined {
  const asEvent = event.safeParse(body);
  if (asEvent.success) return readEvent(asEvent.data, botUserId);
  const asCommand = command.safeParse(body);
  if (asCommand.success) {
    const { user_id: user, team_id: team, channel_id: channel, trigger_id: trigger, text } = asCommand.data;
    return {
      key: keyOf("command", trigger),
      kind: "command",
      delivery: {
        user,
        channel,
        text: text.slice(0, 8_000),
        command: asCommand.data.command,
        ephemeral: true,
        followUp: false,
        direct: channel.startsWith("D"),
        ...(team !== undefined && { team }),
        ...(asCommand.data.response_url !== undefined && { responseUrl: asCommand.data.response_url }),
      },
    };
  }
  const asButton = blockActions.safeParse(body);
  const pressed = asButton.data?.actions[0];
  if (asButton.success && pressed !== undefined && asButton.data.channel !== undefined) {
    const {
      user,
      trigger_id: trigger,
      channel,
      message,
      container,
      response_url: responseUrl,
    } = asButton.data;
    const threadTs = message?.thread_ts ?? container?.thread_ts;
    return {
      key: keyOf("button", trigger),
      kind: "button",
      delivery: {
        user: user.id,
        channel: channel.id,
        text: "",
        followUp: false,
        actionId: pressed.action_id,
        direct: channel.id.startsWith("D"),
        ephemeral: container?.is_ephemeral === true,
        ...(pressed.value !== undefined && { value: pressed.value }),
        ...(message !== undefined && { ts: message.ts }),
        ...(threadTs !== undefined && { threadTs }),
        ...(responseUrl !== undefined && { responseUrl }),
      },
    };
  }
  return undefined;
}

function readEvent(
  { event_id: id, team_id: team, event: inner }: z.infer<typeof event>,
  botUserId: string,
): Inbound | undefined {
  const { user, channel, text = "", ts, thread_ts: threadTs } = inner;
  if (user === undefined || user === botUserId || inner.bot_id !== undefined) return undefined;
  const base = {
    user,
    text: text.slice(0, 8_000),
    ephemeral: false,
    followUp: false,
    ...(team !== undefined && { team }),
    ...(ts !== undefined && { ts }),
    ...(threadTs !== undefined && { threadTs }),
  };
  if (inner.type === "app_home_opened") {
    const tab = inner.tab === "messages" ? "messages" : "home";
    return {
      key: keyOf("event", id),
      kind: "home",
      delivery: { ...base, channel: channel ?? user, direct: true, tab },
    };
  }
  if (channel === undefined || ts === undefined) return undefined;
  if (inner.type === "app_mention" && !channel.startsWith("D"))
    return { key: keyOf("event", id), kind: "mention", delivery: { ...base, channel, direct: false } };
  const plain =
    inner.subtype === undefined || inner.subtype === "file_share" || inner.subtype === "thread_broadcast";
  if (inner.type !== "message" || !plain) return undefined;
  if (inner.channel_type === "im")
    return { key: keyOf("event", id), kind: "message", delivery: { ...base, channel, direct: true } };
  const isInThread = threadTs !== undefined && threadTs !== ts;
  // With a mention it comes as an app_mention, too.
  if (
    ["channel", "group"].includes(inner.channel_type ?? "") &&
    isInThread &&
    !text.includes(`<@${botUserId}>`)
  )
    return {
      key: keyOf("event", id),
      kind: "message",
      delivery: { ...base, channel, direct: false, followUp: true },
    };
  return undefined;
}

/** One row for each delivery, however often it comes. */
export function keyOf(kind: string, id: string): string {
  return `${kind}:${id.slice(0, 200)}`;
}

/** The id of what a delivery makes: the same for every repetition of it. Starts with a letter, fits a Kubernetes name. */
export function idFromKey(key: string): string {
  const digest = createHash("sha256").update(key).digest();
  const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  return `r${[...digest.subarray(0, 11)].map((byte) => alphabet[byte % 32]).join("")}`;
}
