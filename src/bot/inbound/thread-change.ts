import { z } from "zod";

const messageSchema = z.object({
  ts: z.string(),
  thread_ts: z.string().optional(),
  bot_id: z.string().optional(),
});
const changeSchema = z.object({
  type: z.literal("event_callback"),
  event: z.object({
    type: z.literal("message"),
    subtype: z.enum(["message_changed", "message_deleted"]),
    channel: z.string(),
    channel_type: z.enum(["channel", "group"]),
    event_ts: z.string(),
    message: messageSchema.optional(),
    previous_message: messageSchema.optional(),
  }),
});

export interface ThreadChange {
  channel: string;
  threadTs: string;
  changeTs: string;
}

/** A message of a channel that was changed or taken away after it was written; undefined for all else, and for what apps write. */
export function readThreadChange(body: unknown): ThreadChange | undefined {
  const parsed = changeSchema.safeParse(body);
  if (!parsed.success) return undefined;
  const { channel, event_ts: changeTs, message, previous_message: previous } = parsed.data.event;
  const changed = message ?? previous;
  if (changed === undefined || changed.bot_id !== undefined) return undefined;
  return { channel, threadTs: changed.thread_ts ?? changed.ts, changeTs };
}
