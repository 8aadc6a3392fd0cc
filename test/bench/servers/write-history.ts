import type { Store } from "#src/store/database.ts";

const ENGINES = [
  "argo-workflow",
  "pytorch-job",
  "train-job",
  "ray-job",
  "kubeflow-pipeline",
  "katib-experiment",
];
const STAGES = ["preprocess", "cpt", "sft", "rlhf", "evaluate"];
const BATCH = 500;
const MINUTE_MS = 60_000;

/** People who train, by number. */
export const ownerOf = (index: number): string => `U0BENCH${index % 40}`;
export const runName = (index: number): string => `${STAGES[index % STAGES.length] ?? ""}-${idOf(index)}`;

/** The last of them began a minute before `now`, the others earlier, one every four minutes; one in fifty still runs. */
export async function writeHistory(store: Store, count: number, now: Date): Promise<void> {
  for (let from = 0; from < count; from += BATCH) {
    const indexes = Array.from({ length: Math.min(BATCH, count - from) }, (_, index) => from + index);
    await store
      .insertInto("requests")
      .values(indexes.map((index) => requestRow(index, createdAt(index, count, now))))
      .execute();
    await store
      .insertInto("runs")
      .values(indexes.map((index) => runRow(index, createdAt(index, count, now))))
      .execute();
  }
}

/** Spread as hashes are: a fixed permutation, so that ids do not come in order. */
export const idOf = (index: number): string =>
  `r${((index * 2_654_435_761) % 4_294_967_296).toString(16).padStart(8, "0")}${index.toString(16).padStart(4, "0")}`;

const createdAt = (index: number, count: number, now: Date): Date =>
  new Date(now.getTime() - MINUTE_MS - (count - index) * 4 * MINUTE_MS);

function requestRow(index: number, at: Date) {
  const stage = STAGES[index % STAGES.length] ?? "";
  return {
    id: idOf(index),
    action: "train-start",
    input: JSON.stringify({ stage, parameters: { "model-size": "7B", "learning-rate": "1e-5" } }),
    spec: JSON.stringify({
      kind: "PyTorchJob",
      metadata: { name: runName(index) },
      spec: { pad: "x".repeat(2_000) },
    }),
    spec_hash: "0".repeat(64),
    preview: JSON.stringify({
      title: `${stage} of a 7B model`,
      cluster: "onprem-a",
      simulated: false,
      namespace: "llm-training",
      gpus: 8,
      hours: 1,
      hoursFrom: { kind: "catalogue" },
      gpuHours: 8,
      changes: [],
      dryRun: { kind: "accepted", warnings: [] },
      allowed: { kind: "unknown" },
    }),
    state: isOpen(index) ? ("running" as const) : ("done" as const),
    requester: ownerOf(index),
    requester_name: "minji",
    locale: "ko" as const,
    channel: "C0BENCH",
    created_at: at,
    updated_at: at,
  };
}

function runRow(index: number, at: Date) {
  const endedAt = isOpen(index) ? null : new Date(at.getTime() + 60 * MINUTE_MS);
  const steps = STAGES.map((name) => ({ name, state: "succeeded", startedAt: at.toISOString() }));
  return {
    id: idOf(index),
    request_id: idOf(index),
    engine: ENGINES[index % ENGINES.length] ?? "",
    stage: STAGES[index % STAGES.length] ?? "",
    title: `${STAGES[index % STAGES.length] ?? ""} of a 7B model`,
    cluster: "onprem-a",
    namespace: "llm-training",
    name: runName(index),
    uid: `00000000-0000-4000-8000-${index.toString(16).padStart(12, "0")}`,
    owner: ownerOf(index),
    gpus: 8,
    state: isOpen(index)
      ? ("running" as const)
      : index % 7 === 0
        ? ("failed" as const)
        : ("succeeded" as const),
    progress: isOpen(index) ? 0.4 : 1,
    reason: index % 7 === 0 ? "CUDA out of memory: tried to allocate 2.50 GiB" : null,
    detail: JSON.stringify({ steps, metrics: { loss: 1.83, tokensPerSecond: 41_000, gpuPercent: 92 } }),
    created_at: at,
    started_at: at,
    ended_at: endedAt,
    observed_at: endedAt ?? at,
  };
}

const isOpen = (index: number): boolean => index % 50 === 0;
