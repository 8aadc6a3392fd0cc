import type { RunRow } from "../actions/training/find-run.ts";
import type { HandlingContext } from "./bot-deps.ts";
import type { OutboxLine } from "./outbox.ts";

type Place = Pick<OutboxLine, "channel" | "threadTs" | "under" | "fallbackUser">;

/**
 * Where something about a run goes that everybody there may see: into the thread in which it was asked for; asked for by a
 * command or a button in the channel of the run, under the run's message; elsewhere to the person directly.
 */
export async function placeOfRun(
  { deps, delivery }: HandlingContext,
  run: RunRow,
): Promise<{ kind: "here" | "run" | "direct"; place: Place }> {
  const { channel, user } = delivery;
  const isMessage =
    delivery.command === undefined && delivery.actionId === undefined && delivery.form === undefined;
  if (isMessage || delivery.direct) {
    const threadTs = delivery.threadTs ?? (delivery.direct ? undefined : delivery.ts);
    return {
      kind: "here",
      place: { channel, fallbackUser: user, ...(threadTs !== undefined && { threadTs }) },
    };
  }
  const request = await deps.store
    .selectFrom("requests")
    .select(["channel", "thread_ts"])
    .where("id", "=", run.request_id)
    .executeTakeFirst();
  if (request?.channel !== channel) {
    const opened = await deps.client.conversations.open({ users: user });
    return { kind: "direct", place: { channel: opened.channel?.id ?? user } };
  }
  return {
    kind: "run",
    place: {
      channel,
      fallbackUser: user,
      under: { subject: `request:${run.request_id}`, purpose: "card" },
      ...(request.thread_ts !== null && { threadTs: request.thread_ts }),
    },
  };
}
