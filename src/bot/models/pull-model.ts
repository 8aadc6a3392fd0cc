import { createHash } from "node:crypto";
import type { Logger } from "pino";
import type { Enqueue } from "../../jobs/create-jobs.ts";
import type { ModelServer } from "../../rag/model-server.ts";
import { ModelUnavailableError } from "../../rag/ports.ts";
import { appendAudit } from "../../store/audit.ts";
import type { Store } from "../../store/database.ts";
import { editWaitMs } from "../edit-limit.ts";
import { expectMessage } from "../keep-message.ts";
import { addLine } from "../outbox.ts";
import { textsFor } from "../texts/texts.ts";
import { pullProgress } from "../views/model-list.ts";

/** A look is written down and shown at most so often. */
const NOTED_EVERY_MS = 3_000;
const AGAIN_MS = 5_000;
/** One call lasts no longer; the server keeps what it has. */
const CALL_MS = 540_000;
/** A server that tells of nothing new for so long is given up. */
const STUCK_MS = 900_000;
/** Of the message that is edited. */
const PULL_PURPOSE = "pull";

interface PullDeps {
  store: Store;
  enqueue: Enqueue;
  modelServers: readonly ModelServer[];
  logger: Logger;
  now(): Date;
  notedEveryMs?: number;
}

interface PullChange {
  progress?: { doneBytes: number; totalBytes: number };
  isAway?: boolean;
  ended?: { state: "done" } | { state: "failed"; error: string };
}

/**
 * Lets the server pull, from what it has on. Undefined: it has ended. Called again after an outage, and by the next worker after
 * this one died: the server goes on where it was.
 */
export async function pullModel(
  deps: PullDeps,
  pullId: string,
  signal: AbortSignal,
): Promise<{ againInMs: number } | undefined> {
  const { store, logger } = deps;
  const pull = await store.selectFrom("model_pulls").selectAll().where("id", "=", pullId).executeTakeFirst();
  if (pull === undefined || pull.state !== "open") return undefined;
  const server = deps.modelServers.find((one) => one.name === pull.server && one.pull !== undefined);
  if (server?.pull === undefined) {
    const error = textsFor(pull.locale).models.serverGone;
    await note(deps, pullId, { ended: { state: "failed", error } });
    return undefined;
  }
  await note(deps, pullId, {});
  const enough = AbortSignal.timeout(CALL_MS);
  let notedAtMs = -Infinity;
  try {
    for await (const event of server.pull(pull.model, AbortSignal.any([signal, enough])))
      switch (event.kind) {
        case "progress":
          if (performance.now() - notedAtMs < (deps.notedEveryMs ?? NOTED_EVERY_MS)) break;
          notedAtMs = performance.now();
          await note(deps, pullId, { progress: event });
          break;
        case "pulled":
          await note(deps, pullId, { ended: { state: "done" } });
          return undefined;
        case "refused":
          await note(deps, pullId, { ended: { state: "failed", error: event.reason } });
          return undefined;
      }
    throw new ModelUnavailableError(`${server.name} ended a pull without a word`);
  } catch (error) {
    signal.throwIfAborted();
    if (enough.aborted) return { againInMs: 0 };
    if (!(error instanceof ModelUnavailableError)) throw error;
    logger.warn({ reason: error.message, model: pull.model }, "a pull was interrupted");
    const { moved_at: movedAt } = await store
      .selectFrom("model_pulls")
      .select("moved_at")
      .where("id", "=", pullId)
      .executeTakeFirstOrThrow();
    const isStuck = deps.now().getTime() - movedAt.getTime() > STUCK_MS;
    await note(
      deps,
      pullId,
      isStuck ? { ended: { state: "failed", error: error.message } } : { isAway: true },
    );
    return isStuck ? undefined : { againInMs: AGAIN_MS };
  }
}

/** The job was given up after its last attempt. */
export async function giveUpPull(deps: PullDeps, pullId: string, error: string): Promise<void> {
  await note(deps, pullId, { ended: { state: "failed", error } });
}

/** Writes down how it goes and shows it, in one transaction; an end is written down once. */
async function note(deps: PullDeps, pullId: string, change: PullChange): Promise<void> {
  const now = deps.now();
  const subject = `pull:${pullId}`;
  const shown = await deps.store.transaction().execute(async (transaction) => {
    const pull = await transaction
      .selectFrom("model_pulls")
      .selectAll()
      .where("id", "=", pullId)
      .forUpdate()
      .executeTakeFirst();
    if (pull === undefined || pull.state !== "open") return undefined;
    const doneBytes = change.progress?.doneBytes ?? Number(pull.done_bytes);
    const totalBytes = change.progress?.totalBytes ?? Number(pull.total_bytes);
    const { ended } = change;
    const error = ended?.state === "failed" ? ended.error.slice(0, 500) : null;
    const phase = ended?.state ?? (change.isAway === true ? ("waiting" as const) : ("going" as const));
    const { server, model } = pull;
    const view = pullProgress({ server, model, doneBytes, totalBytes, phase, error }, textsFor(pull.locale));
    const hash = createHash("sha256").update(JSON.stringify(view)).digest("hex").slice(0, 24);
    // Also while the first one is on its way.
    const isEdit = pull.shown_hash !== null;
    const isNew = hash !== pull.shown_hash;
    // A look that has to wait is left out: the next one shows more.
    const isInTime =
      !isEdit ||
      ended !== undefined ||
      (isNew && (await editWaitMs(transaction, { run: undefined, ended: false }, now)) === undefined);
    const isShown = isNew && isInTime;
    await transaction
      .updateTable("model_pulls")
      .set({
        done_bytes: doneBytes,
        total_bytes: totalBytes,
        seen_at: now,
        error,
        ...(doneBytes > Number(pull.done_bytes) && { moved_at: now }),
        ...(ended !== undefined && { state: ended.state }),
        ...(isShown && { shown_hash: hash }),
      })
      .where("id", "=", pullId)
      .execute();
    if (ended !== undefined)
      await appendAudit(transaction, {
        actor: "system",
        event: ended.state === "done" ? "model-pulled" : "model-pull-failed",
        subject: `model:${model}`,
        detail: { server, askedBy: pull.person, ...(error !== null && { error }) },
      });
    if (!isShown) return undefined;
    const { channel, thread_ts: threadTs } = pull;
    const line = { subject, purpose: PULL_PURPOSE, channel };
    await expectMessage(transaction, { ...line, threadTs });
    const key = `${subject}.${hash}.${now.getTime()}`;
    await addLine(transaction, {
      ...line,
      key,
      isEdit,
      fallbackUser: pull.person,
      ...(threadTs !== null && { threadTs }),
      view,
    });
    return { channel, key };
  });
  if (shown !== undefined)
    await deps.enqueue("deliver-outbox", { channel: shown.channel }, { deduplicationKey: shown.key });
}
