import { handleCommand } from "./handle-command.ts";
import { parseMessage } from "./commands/parse-command.ts";
import type { HandlingContext } from "./bot-deps.ts";
import { isQuestion } from "./commands/is-question.ts";

/**
 * A message in a thread where Jibsa has answered, without a mention. It is a follow-up question when whoever writes it asked in
 * this thread before, nobody has written since the latest answer, and it reads like a question. Everything else is people
 * talking to each other, and is left alone without a word.
 */
export async function followUp(context: HandlingContext, text: string): Promise<void> {
  const { deps, delivery, person } = context;
  const { channel, threadTs, ts } = delivery;
  const command = parseMessage(text);
  if (threadTs === undefined || ts === undefined || command.kind !== "ask" || !isQuestion(text)) return;
  const before = await deps.store
    .selectFrom("answers")
    .select(["asker", "id"])
    .where("channel", "=", channel)
    .where("thread_ts", "=", threadTs)
    .orderBy("created_at", "desc")
    .execute();
  const [latest] = before;
  if (latest === undefined || !before.some(({ asker }) => asker === person.slackUserId)) return;
  const message = await deps.store
    .selectFrom("messages")
    .select("ts")
    .where("subject", "=", `answer:${latest.id}`)
    .where("purpose", "=", "answer")
    .executeTakeFirst();
  if (typeof message?.ts !== "string") return;
  const { messages = [] } = await deps.client.conversations.replies({
    channel,
    ts: threadTs,
    oldest: message.ts,
    latest: ts,
    limit: 20,
  });
  const since = messages.filter(
    (other) =>
      other.ts !== undefined &&
      Number(other.ts) > Number(message.ts) &&
      Number(other.ts) < Number(ts) &&
      other.user !== deps.botUserId,
  );
  if (since.length === 0) await handleCommand(context, command);
}
