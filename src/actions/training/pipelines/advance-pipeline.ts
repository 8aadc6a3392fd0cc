import type { Transaction } from "kysely";
import { appendAudit, canonicalJson } from "../../../store/audit.ts";
import type { Database, RequestState } from "../../../store/database.ts";
import type { ActionDeps } from "../../define-action.ts";
import type { Policy } from "../../policy.ts";
import { PersonUnavailableError, type Person } from "../../ports.ts";
import { hashSpec, lockRequest, moveRequest, type RequestRow } from "../../request-row.ts";
import { takeReservation } from "../../reservations.ts";
import type { RunStep } from "../engine-ports.ts";
import { decideHold, isRoom, type HoldProgress } from "./hold.ts";
import { pipelineSpecOf, stepIdOf, type PipelineSpec } from "./pipeline.ts";

/** What a pipeline's request shows while it runs; kept as its outcome. */
export interface PipelineProgress {
  kind: "pipeline";
  steps: readonly RunStep[];
  /** The step that waits for somebody's leave. */
  gate?: number;
  /** The step that waits because a limit is used up. */
  waitsForLimit?: number;
  /** It waits until its GPUs are free. */
  hold?: HoldProgress;
}

export interface AdvanceOutcome {
  /** Its message shows something else now. */
  changed: boolean;
  /** A step's request that waits to be carried out. */
  queued?: string;
}

export type AdvanceDeps = Pick<ActionDeps, "store" | "now" | "clusters"> & {
  policy: Policy;
  findPerson(slackUserId: string): Promise<Person | undefined>;
};

/** Actions whose requests hold steps. */
export const PIPELINE_ACTIONS: readonly string[] = ["train-pipeline", "train-several", "train-hold"];

const UNENDED: readonly RequestState[] = ["previewed", "needs-approval", "queued", "running"];

/** Looks at a pipeline and makes its next step, if it is its turn. Safe to repeat, by any replica at any time. */
export async function advancePipeline(deps: AdvanceDeps, requestId: string): Promise<AdvanceOutcome> {
  const known = await deps.store
    .selectFrom("requests")
    .select(["requester", "state", "action", "spec", "outcome"])
    .where("id", "=", requestId)
    .executeTakeFirst();
  if (known?.state !== "running" || !PIPELINE_ACTIONS.includes(known.action)) return { changed: false };
  let person: Person | undefined;
  try {
    person = await deps.findPerson(known.requester);
  } catch (error) {
    // The sweeper comes back.
    if (error instanceof PersonUnavailableError) return { changed: false };
    throw error;
  }
  // Asked before the row is locked: a cluster takes its time.
  const { hold, steps } = pipelineSpecOf(known.spec);
  const isHeld = (known.outcome as PipelineProgress | null)?.hold !== undefined || known.outcome === null;
  const cluster = deps.clusters.get(steps[0]?.planned.preview.cluster ?? "");
  const fits =
    hold !== undefined && isHeld && person !== undefined && (await isRoom(cluster, hold, person.identity));
  return deps.store.transaction().execute(async (transaction) => {
    const pipeline = await lockRequest(transaction, requestId);
    if (pipeline?.state !== "running") return { changed: false };
    return advance(deps, transaction, pipeline, { person, fits });
  });
}

async function advance(
  deps: AdvanceDeps,
  transaction: Transaction<Database>,
  pipeline: RequestRow,
  { person, fits }: { person: Person | undefined; fits: boolean },
): Promise<AdvanceOutcome> {
  const now = deps.now();
  const spec = pipelineSpecOf(pipeline.spec);
  const children = await transaction
    .selectFrom("requests")
    .leftJoin("runs", "runs.request_id", "requests.id")
    .select(["requests.id", "requests.state", "runs.state as runState", "runs.progress", "runs.reason"])
    .where("parent_id", "=", pipeline.id)
    .orderBy("step")
    .execute();
  const steps = stepsOf(spec, children);
  const last = children.at(-1);
  const settle = async (state: RequestState, progress: Partial<PipelineProgress> = {}): Promise<boolean> => {
    const outcome: PipelineProgress = { kind: "pipeline", steps, ...progress };
    if (state === pipeline.state && canonicalJson(outcome) === canonicalJson(pipeline.outcome)) return false;
    await moveRequest(transaction, pipeline.id, state, now, outcome);
    return true;
  };
  const end = async (state: RequestState): Promise<AdvanceOutcome> => {
    await appendAudit(transaction, {
      actor: "system",
      event: "pipeline-ended",
      subject: `request:${pipeline.id}`,
      detail: { state },
    });
    return { changed: await settle(state) };
  };

  if (spec.parallel === true) {
    const ended = children.filter(({ state }) => !UNENDED.includes(state));
    if (children.length === spec.steps.length) {
      if (ended.length < children.length) return { changed: await settle("running") };
      const states = new Set(ended.map(({ state }) => state));
      const [only] = states;
      return end(states.size === 1 && only !== undefined ? only : "failed");
    }
  } else {
    if (last !== undefined && UNENDED.includes(last.state)) return { changed: await settle("running") };
    if (last !== undefined && last.state !== "done")
      return end(last.state === "cancelled" ? "cancelled" : "failed");
  }
  const index = children.length;
  const next = spec.steps[index];
  if (next === undefined) return end("done");
  if (person === undefined) return end("failed");
  const decided = await transaction
    .selectFrom("pipeline_gates")
    .select("decision")
    .where("request_id", "=", pipeline.id)
    .where("step", "=", index)
    .executeTakeFirst();
  if (spec.hold !== undefined) {
    const before = (pipeline.outcome as PipelineProgress | null)?.hold;
    const decision = decideHold(spec.hold, before, { now, fits, claimed: decided?.decision === "approve" });
    if (decided?.decision === "reject") return end("cancelled");
    if (decision.kind === "expired") return end("expired");
    if (decision.kind === "hold") return { changed: await settle("running", { hold: decision.progress }) };
  }
  if (next.gate) {
    if (decided === undefined) return { changed: await settle("running", { gate: index }) };
    if (decided.decision === "reject") return end("cancelled");
  }
  const id = stepIdOf(pipeline.id, index);
  await insertStep(transaction, pipeline, index, next, now);
  const reserved = await takeReservation(transaction, {
    limits: deps.policy.limits ?? [],
    requestId: id,
    requester: person,
    wanted: next.planned.preview,
    now,
  });
  if (reserved.kind === "over-limit") {
    // A reservation belongs to a request, so that one had to be there first.
    await transaction.deleteFrom("requests").where("id", "=", id).execute();
    return { changed: await settle("running", { waitsForLimit: index }) };
  }
  await appendAudit(transaction, {
    actor: pipeline.requester,
    event: "request-queued",
    subject: `request:${id}`,
    detail: { pipeline: pipeline.id, step: index },
  });
  steps[index] = { name: next.label ?? next.stage, state: "queued" };
  return { changed: await settle("running"), queued: id };
}

async function insertStep(
  transaction: Transaction<Database>,
  pipeline: RequestRow,
  index: number,
  { input, planned }: PipelineSpec["steps"][number],
  now: Date,
): Promise<void> {
  const id = stepIdOf(pipeline.id, index);
  const { object, subject, preview } = planned;
  await transaction
    .insertInto("requests")
    .values({
      id,
      parent_id: pipeline.id,
      step: index,
      action: "train-start",
      input: JSON.stringify(input),
      spec: JSON.stringify(object),
      spec_hash: hashSpec("train-start", input, object),
      preview: JSON.stringify({ ...preview, object, subject, approval: { kind: "not-needed" } }),
      state: "queued",
      requester: pipeline.requester,
      requester_name: pipeline.requester_name,
      locale: pipeline.locale,
      channel: pipeline.channel,
      thread_ts: pipeline.thread_ts,
      created_at: now,
      updated_at: now,
    })
    .execute();
}

interface Child {
  state: RequestState;
  runState: RunStep["state"] | null;
  progress: number | null;
  reason: string | null;
}

function stepsOf(spec: PipelineSpec, children: readonly Child[]): RunStep[] {
  return spec.steps.map(({ stage, label = stage }, index): RunStep => {
    const child = children[index];
    if (child === undefined) return { name: label, state: "waiting" };
    const state = child.runState ?? (child.state === "queued" ? "queued" : "failed");
    // In steps of five: the message of a pipeline is not redrawn for each percent of a step.
    const progress = child.progress === null ? undefined : Math.floor(child.progress * 20) / 20;
    return { name: label, state, ...(state === "running" && progress !== undefined && { progress }) };
  });
}
