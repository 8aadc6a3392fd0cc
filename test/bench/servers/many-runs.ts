import type { EngineKind, PlatformObject } from "#src/actions/ports.ts";
import type { Store } from "#src/store/database.ts";
import { renderFixture, stageOfEvery } from "#test/fixtures/stage-of-every-engine.ts";
import type { KubernetesClient } from "#test/platform/kubernetes-client.ts";
import { PERSON } from "./slack-api.ts";
import { CHANNELS } from "./slack-server.ts";

const AT_ONCE = 24;
const MERGE = "application/merge-patch+json";
export const NAMESPACE = "llm-training";

type State = "running" | "suspended" | "succeeded";
interface Kind {
  engine: EngineKind;
  path: string;
  /** Argo keeps its status in the object itself. */
  subresource: "" | "/status";
  status(state: State, at: string): object;
}

/** What each platform's controllers write. */
const KINDS: readonly Kind[] = [
  {
    engine: "pytorch-job",
    path: `/apis/kubeflow.org/v1/namespaces/${NAMESPACE}/pytorchjobs`,
    subresource: "/status",
    status: (state, at) => ({
      conditions: [
        condition(state === "running" ? "Running" : state === "suspended" ? "Suspended" : "Succeeded", at),
      ],
      replicaStatuses: { Master: { active: 1 } },
      startTime: at,
      ...(state === "succeeded" && { completionTime: at }),
    }),
  },
  {
    engine: "train-job",
    path: `/apis/trainer.kubeflow.org/v1alpha1/namespaces/${NAMESPACE}/trainjobs`,
    subresource: "/status",
    status: (state, at) => ({
      conditions:
        state === "running" ? [] : [condition(state === "suspended" ? "Suspended" : "Complete", at)],
      jobsStatus: [{ name: "node", active: 1, ready: 1, succeeded: 0, failed: 0, suspended: 0 }],
    }),
  },
  {
    engine: "argo-workflow",
    path: `/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}/workflows`,
    subresource: "",
    status: (state, at) => ({
      phase: state === "succeeded" ? "Succeeded" : "Running",
      startedAt: at,
      ...(state === "succeeded" && { finishedAt: at }),
      progress: "1/3",
      nodes: Object.fromEntries(
        ["preprocess", "sft", "evaluate"].map((name, index) => [
          `node-${name}`,
          {
            id: `node-${name}`,
            name,
            displayName: name,
            type: "Pod",
            templateName: name,
            phase: state === "succeeded" || index === 0 ? "Succeeded" : index === 1 ? "Running" : "Pending",
            startedAt: at,
          },
        ]),
      ),
    }),
  },
  {
    engine: "ray-job",
    path: `/apis/ray.io/v1/namespaces/${NAMESPACE}/rayjobs`,
    subresource: "/status",
    status: (state, at) => ({
      jobDeploymentStatus: state === "running" ? "Running" : state === "suspended" ? "Suspended" : "Complete",
      jobStatus: state === "succeeded" ? "SUCCEEDED" : "RUNNING",
      startTime: at,
      ...(state === "succeeded" && { endTime: at }),
    }),
  },
  {
    engine: "katib-experiment",
    path: `/apis/kubeflow.org/v1beta1/namespaces/${NAMESPACE}/experiments`,
    subresource: "/status",
    status: (state, at) => ({
      conditions: [condition(state === "succeeded" ? "Succeeded" : "Running", at)],
      startTime: at,
      trialsSucceeded: 2,
      ...(state === "succeeded" && { completionTime: at }),
    }),
  },
];

const condition = (type: string, at: string) => ({
  type,
  status: "True",
  reason: `Is${type}`,
  message: `it is ${type}`,
  lastTransitionTime: at,
});

const kindOf = (index: number): Kind => {
  const kind = KINDS[index % KINDS.length];
  if (kind === undefined) throw new Error("there are no kinds");
  return kind;
};
export const runIdOf = (index: number): string => `b${String(index).padStart(6, "0")}`;
/** The suspended state of the others is one of their spec. */
export const canBeSuspended = (index: number): boolean => kindOf(index).engine === "pytorch-job";
export const messageTsOf = (index: number): string => `1750000000.${String(index).padStart(6, "0")}`;

const objectOf = (index: number): PlatformObject =>
  renderFixture(stageOfEvery[kindOf(index).engine], {}, runIdOf(index));

/** Objects as the platforms keep them while they run. */
export async function createObjects(admin: KubernetesClient, count: number): Promise<void> {
  await inParallel(count, async (index) => {
    const { path } = kindOf(index);
    await admin.must(path, { method: "POST", body: objectOf(index) });
    await setState(admin, index, "running");
  });
}

/** As the platform's controller would. */
export async function setState(admin: KubernetesClient, index: number, state: State): Promise<void> {
  const { path, subresource, status } = kindOf(index);
  const at = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  await admin.must(`${path}/${objectOf(index).metadata.name}${subresource}`, {
    method: "PATCH",
    type: MERGE,
    body: { status: status(state, at) },
  });
}

/** The rows of runs that were started two days ago and are followed; the first of them are looked at by people. */
export async function writeRuns(store: Store, count: number, attended: number, now: Date): Promise<void> {
  const createdAt = new Date(now.getTime() - 2 * 86_400_000);
  for (let from = 0; from < count; from += 500) {
    const indexes = Array.from({ length: Math.min(500, count - from) }, (_, index) => from + index);
    const rows = indexes.map((index) => ({ index, id: runIdOf(index), object: objectOf(index) }));
    const channelOf = (index: number): string => `C${String(index % CHANNELS).padStart(9, "0")}`;
    await store
      .insertInto("requests")
      .values(
        rows.map(({ index, id }) => ({
          id,
          action: "train-start",
          input: JSON.stringify({ stage: "sft", parameters: {} }),
          preview: JSON.stringify({ title: id, simulated: false, gpus: 1, changes: [] }),
          spec_hash: "",
          state: "running" as const,
          requester: PERSON,
          requester_name: "minji",
          locale: "en" as const,
          channel: channelOf(index),
          drawn_version: 1,
          created_at: createdAt,
          updated_at: createdAt,
        })),
      )
      .execute();
    await store
      .insertInto("runs")
      .values(
        rows.map(({ index, id, object }) => ({
          id,
          request_id: id,
          engine: kindOf(index).engine,
          stage: "sft",
          title: id,
          cluster: "onprem-a",
          namespace: NAMESPACE,
          name: object.metadata.name,
          owner: PERSON,
          gpus: 1,
          state: "running" as const,
          created_at: createdAt,
          started_at: createdAt,
          // As if they had been looked at one after the other.
          observed_at: new Date(now.getTime() - Math.floor((index / count) * 1_100_000)),
          measured_at: now,
          attended_at: index < attended ? now : null,
        })),
      )
      .execute();
    await store
      .insertInto("messages")
      .values(
        rows.map(({ index, id }) => ({
          subject: `request:${id}`,
          purpose: "card",
          channel: channelOf(index),
          ts: messageTsOf(index),
        })),
      )
      .execute();
  }
}

async function inParallel(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const workOff = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, workOff));
}
