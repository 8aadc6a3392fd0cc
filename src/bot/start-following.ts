import { said, type HandlingContext } from "./bot-deps.ts";
import { deniedView } from "./denied-view.ts";
import { placeOfRun } from "./place-of-run.ts";

const FOLLOWED_FOR_MS = 10 * 60_000;
const MOST_OF_ONE_PERSON = 3;
const MOST_AT_ONCE = 20;

/** `/train logs RUN follow`: a row, and the bell for it. The same delivery again makes no second one. */
export async function startFollowing(context: HandlingContext, run: string, filter: string): Promise<void> {
  const { deps, delivery, person, id, texts } = context;
  const input = { run, lines: 1, ...(filter !== "" && { grep: filter }) };
  const outcome = await deps.actions.read(id, person, "train-logs", input);
  if (outcome.kind === "invalid-input")
    return deps.reply.answer(
      delivery,
      said(outcome.problems.map((problem) => texts.problem(problem)).join("\n")),
    );
  if (outcome.kind === "denied")
    return deps.reply.answer(delivery, deniedView(outcome.denial, outcome.subject.action, person, texts));
  const now = deps.now();
  const most = await mostReached(context);
  if (most !== undefined) return deps.reply.answer(delivery, said(texts.metrics.followLimit(most)));
  const { kind, place } = await placeOfRun(context, outcome.output.run);
  await deps.store
    .insertInto("log_follows")
    .values({
      id,
      run_id: outcome.output.run.id,
      person: person.slackUserId,
      locale: texts.locale,
      channel: place.channel,
      thread_ts: place.threadTs ?? null,
      filter,
      ended_because: null,
      shown_hash: null,
      looked_at: null,
      ends_at: new Date(now.getTime() + FOLLOWED_FOR_MS),
      created_at: now,
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
  await deps.enqueue("follow-logs", { followId: id });
  // In a thread the log itself is the answer.
  if (kind !== "here") return deps.reply.answer(delivery, said(texts.metrics.followStarted[kind]));
}

/** The limit that stands in the way: of this person, or of all together. */
async function mostReached({ deps, person, id }: HandlingContext): Promise<number | undefined> {
  const open = await deps.store
    .selectFrom("log_follows")
    .select("person")
    .where("state", "=", "open")
    .where("id", "!=", id)
    .execute();
  if (open.filter((one) => one.person === person.slackUserId).length >= MOST_OF_ONE_PERSON)
    return MOST_OF_ONE_PERSON;
  return open.length >= MOST_AT_ONCE ? MOST_AT_ONCE : undefined;
}

/** The button of a followed log: for who follows it and the owner of the run. */
export async function stopFollowing(context: HandlingContext, followId: string): Promise<void> {
  const { deps, delivery, person, texts } = context;
  const follow = await deps.store
    .selectFrom("log_follows")
    .innerJoin("runs", "runs.id", "log_follows.run_id")
    .select(["log_follows.person", "log_follows.state", "runs.owner"])
    .where("log_follows.id", "=", followId)
    .executeTakeFirst();
  if (follow === undefined) return deps.reply.privately(delivery, said(texts.oldButton));
  if (![follow.person, follow.owner].includes(person.slackUserId))
    return deps.reply.privately(delivery, said(texts.metrics.followNotYours));
  await deps.store
    .updateTable("log_follows")
    .set({ ended_because: "stopped" })
    .where("id", "=", followId)
    .where("state", "=", "open")
    .execute();
  await deps.enqueue("follow-logs", { followId }, { promote: true });
}
