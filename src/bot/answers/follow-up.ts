import { handleCommand } from "../handle-command.ts";
import { parseMessage } from "../commands/parse-command.ts";
import type { HandlingContext } from "../bot-deps.ts";
import { isQuestion } from "../commands/is-question.ts";

/**
 * A message in a thread where Jibsa has answered, without a mention. It is a follow-up question when whoever writes it asked in
 * this thread before, nobody has written since the latest answer, and it reads like a question. Everything else is people
 * talking to each other, and is left alone without a word.
 */
export async function followUp(
  context: HandlingContext,
  text: string,
): Promise<"handled" | "answer-under-way"> {
  const { deps, delivery, person } = context;
  const { channel, threadTs, ts } = delivery;
  const command = parseMessage(text);
  if (threadTs === undefined || ts === undefined || command.kind !== "ask" || !isQuestion(text))
    return "handled";
  const shown = await deps.store
    .selectFrom("messages")
    .select(["subject", "ts"])
    .where("purpose", "=", "answer")
    .where("channel", "=", channel)
    .where("thread_ts", "=", threadTs)
    .execute();
  const answers = await deps.store
    .selectFrom("answers")
    .select(["asker", "id"])
    .where("channel", "=", channel)
    .where("thread_ts", "=", threadTs)
    .execute();
  // The last of an answer is shown before its row is there.
  if (shown.some(({ subject }) => !answers.some(({ id }) => subject === `answer:${id}`)))
    return "answer-under-way";
  const latest = shown
    .flatMap((message) => message.ts ?? [])
    .toSorted((left, right) => Number(left) - Number(right))
    .at(-1);
  if (latest === undefined || !answers.some(({ asker }) => asker === person.slackUserId)) return "handled";
  const { messages = [] } = await deps.client.conversations.replies({
    channel,
    ts: threadTs,
    oldest: latest,
    latest: ts,
    limit: 20,
  });
  const since = messages.filter(
    (other) =>
      other.ts !== undefined &&
      Number(other.ts) > Number(latest) &&
      Number(other.ts) < Number(ts) &&
      other.user !== deps.botUserId,
  );
  if (since.length === 0) await handleCommand(context, command);
  return "handled";
}
