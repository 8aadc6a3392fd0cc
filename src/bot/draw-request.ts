import { sql, type Transaction } from "kysely";
import { PIPELINE_ACTIONS, type PipelineProgress } from "../actions/training/pipelines/advance-pipeline.ts";
import { lockRequest, type RequestRow } from "../actions/request-row.ts";
import type { Database, RequestState, Store } from "../store/database.ts";
import { editWaitMs } from "./edit-limit.ts";
import { expectMessage } from "./keep-message.ts";
import { addLine } from "./outbox.ts";
import { textsFor } from "./texts/texts.ts";
import { holdNotice } from "./views/run-parts.ts";
import { endNotice, requestCard, type RequestFacts } from "./views/request-card.ts";
import { startedNotice, waitWorthAPing } from "./views/waiting-line.ts";

/** Actions that make a run: their request has a message of its own. */
const MAKES_RUN: readonly string[] = ["train-start", "train-follow", ...PIPELINE_ACTIONS];

const ENDED: readonly RequestState[] = ["done", "failed", "rejected", "expired", "cancelled", "parked"];

/**
 * Puts what the rows say of a request into the outbox: the one message that is edited, and, once, its end. Cancelling shows in
 * the message of the run that is cancelled, unless it failed. Returns the channel to ring for; where Slack's limit of edits
 * makes the message wait, also for how long: what is worth a ping does not wait with it.
 */
export async function drawRequest(
  store: Store,
  requestId: string,
  mention: (approver: string) => Promise<string>,
  now = new Date(),
): Promise<{ channel: string; againInMs?: number } | undefined> {
  // Before the row is locked: Slack may have to be asked.
  const open = await store
    .selectFrom("approvals")
    .select("approvers")
    .where("request_id", "=", requestId)
    .where("state", "=", "open")
    .executeTakeFirst();
  const approvers = await Promise.all((open?.approvers ?? []).map((name) => mention(name)));
  return store.transaction().execute(async (transaction) => {
    const request = await lockRequest(transaction, requestId);
    if (request === undefined || request.state === "previewed" || request.drawn_version >= request.version)
      return undefined;
    const [approval, run] = await Promise.all([
      transaction.selectFrom("approvals").selectAll().where("request_id", "=", requestId).executeTakeFirst(),
      transaction.selectFrom("runs").selectAll().where("request_id", "=", requestId).executeTakeFirst(),
    ]);
    const votes =
      approval === undefined
        ? []
        : await transaction
            .selectFrom("votes")
            .selectAll()
            .where("approval_id", "=", approval.id)
            .orderBy("created_at")
            .execute();
    const facts: RequestFacts = { request, approval, approvers, votes, run };
    const texts = textsFor(request.locale);
    const subject = `request:${requestId}`;
    const ended = ENDED.includes(request.state);
    const threadTs = request.thread_ts ?? (await threadOfPipeline(transaction, request));
    // The pipeline's own message comes first; the sweeper looks again.
    if (threadTs === "not-posted") return undefined;
    const place = {
      channel: request.channel,
      fallbackUser: request.requester,
      ...(threadTs !== null && { threadTs }),
    };
    let againInMs: number | undefined;
    if (MAKES_RUN.includes(request.action)) {
      // What is not posted yet is no edit, and replies below it come after it.
      const { channel } = request;
      const isEdit = await expectMessage(transaction, { subject, purpose: "card", channel, threadTs });
      if (isEdit) againInMs = await editWaitMs(transaction, { run, ended }, now);
      if (againInMs === undefined)
        await addLine(transaction, {
          ...place,
          key: `card.${requestId}.${request.version}`,
          subject,
          purpose: "card",
          isEdit,
          view: requestCard(facts, texts),
        });
    }
    const waitedMs = run === undefined || run.attempt > 1 ? undefined : waitWorthAPing(run);
    if (run !== undefined && waitedMs !== undefined)
      await addLine(transaction, {
        ...place,
        key: `started.${requestId}`,
        under: { subject, purpose: "card" },
        view: startedNotice(run, waitedMs, texts),
      });
    // Approved, and still not started: worth a ping, once.
    const isOverLimit = (request.outcome as { kind?: string } | null)?.kind === "over-limit";
    if (request.state === "needs-approval" && isOverLimit)
      await addLine(transaction, {
        ...place,
        key: `limit.${requestId}`,
        under: { subject, purpose: "card" },
        view: endNotice(facts, texts),
      });
    const { hold } = (request.outcome as Partial<PipelineProgress> | null) ?? {};
    if (request.state === "running" && hold?.state === "offered")
      await addLine(transaction, {
        ...place,
        key: `claim.${requestId}.${hold.until}`,
        under: { subject, purpose: "card" },
        view: holdNotice(request, hold.until, texts),
      });
    // A step that went well is told by its pipeline's message.
    const isPlainStep = request.parent_id !== null && request.state === "done";
    if (ended && !isPlainStep && (MAKES_RUN.includes(request.action) || request.state !== "done"))
      await addLine(transaction, {
        ...place,
        // A run that was continued after its end ends again.
        key: `end.${requestId}${run === undefined || run.attempt === 1 ? "" : `.${run.attempt}`}`,
        under: { subject, purpose: "card" },
        view: endNotice(facts, texts),
      });
    const { channel } = request;
    if (againInMs !== undefined) return { channel, againInMs };
    await transaction
      .updateTable("requests")
      .set({ drawn_version: sql<number>`version` })
      .where("id", "=", requestId)
      .execute();
    return { channel };
  });
}

/** Steps are shown in the thread of their pipeline's message. */
async function threadOfPipeline(
  transaction: Transaction<Database>,
  request: RequestRow,
): Promise<string | null> {
  if (request.parent_id === null) return null;
  const message = await transaction
    .selectFrom("messages")
    .select(["ts", "thread_ts"])
    .where("subject", "=", `request:${request.parent_id}`)
    .where("purpose", "=", "card")
    .executeTakeFirst();
  return message?.thread_ts ?? message?.ts ?? "not-posted";
}
