import { createKubernetesCluster } from "#src/actions/adapters/kubernetes-cluster.ts";
import type { Cluster } from "#src/actions/cluster-ports.ts";
import { openStore } from "#src/store/open-store.ts";
import { waitUntil } from "#test/wait-until.ts";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Figure } from "./figure.ts";
import { openControlPlane, type RealControlPlane } from "./servers/open-control-plane.ts";
import { openBareQueue } from "./servers/bare-queue.ts";
import { writeBenchConfig } from "./servers/bench-config.ts";
import { approveTraining } from "./servers/approve-training.ts";
import { startBenchJibsa } from "./servers/start-bench-jibsa.ts";
import { startSimulators } from "./servers/start-simulators.ts";
import { percentile } from "./statistics.ts";

const JOBS = { group: "kubeflow.org", version: "v1", resource: "pytorchjobs", namespace: "llm-training" };
const STARTS = 20;
const QUICK_STARTS = 2;
const SETTLE_TIMEOUT_MS = 120_000;

export const startFigure: Figure = {
  name: "start",
  summary:
    "p95 from an approval to the object in the cluster; peer: a bare queue whose worker creates one there",
  lines: [{ label: "start", ours: "approved", peer: "bare", unit: "ms", compare: "ratio", limit: 2 }],
  async open({ isQuick, log }) {
    const closers: (() => Promise<void> | void)[] = [];
    const close = async (): Promise<void> => {
      for (const closer of closers.splice(0).toReversed()) await closer();
    };
    try {
      const simulators = await startSimulators();
      closers.push(simulators.close);
      const { playground, botToken, appToken, apiUrl } = simulators;
      const plane = await openControlPlane([JOBS.namespace]);
      if (plane !== undefined) closers.push(plane.close);
      log(`  start: on ${plane === undefined ? "the simulated cluster" : "the real API server"}`);
      const config = await writeBenchConfig((folder) => ({
        slack: { apiUrl },
        model: { provider: "none" },
        clusters: [
          {
            name: "onprem-a",
            kubeconfig: plane === undefined ? simulators.kubeconfigFile : join(folder, "kubeconfig"),
          },
        ],
      }));
      closers.push(config.close);
      if (plane !== undefined) await writeFile(join(config.folder, "kubeconfig"), plane.kubeconfig);
      const jibsa = await startBenchJibsa({
        args: ["--config", config.file, "--roles", "slack,worker"],
        env: { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken },
      });
      closers.push(jibsa.close);
      const { postgresUrl } = JSON.parse(await readFile(join(jibsa.dataDir, "running.json"), "utf8")) as {
        postgresUrl: string;
      };
      const database = await openStore({ connectionString: postgresUrl });
      closers.push(() => database.close());
      const cluster = createKubernetesCluster({
        name: "onprem-a",
        simulated: plane === undefined,
        source: plane === undefined ? { kubeconfigFile: simulators.kubeconfigFile } : plane,
      });
      const seen = watchNames(cluster);
      closers.push(seen.stop);
      const queue = openBareQueue(postgresUrl, cluster);
      closers.push(queue.close);
      const count = isQuick ? QUICK_STARTS : STARTS;

      const approved = async (): Promise<number> => {
        const { decidedAtMs, name } = await approveTraining(playground, database.store);
        const tookMs = (await seen.at(name)) - decidedAtMs;
        if (plane !== undefined) await endJob(plane, name);
        return tookMs;
      };
      const bare = async (): Promise<number> => {
        const addedAtMs = Date.now();
        return (await seen.at(await queue.createObject())) - addedAtMs;
      };
      const settle = () =>
        waitUntil("all runs have ended and are told", () => isQuiet(database), SETTLE_TIMEOUT_MS);
      await approved();
      await bare();
      return { sides: inTurns({ approved, bare }, count, settle), close };
    } catch (error) {
      await close();
      throw error;
    }
  },
};

/**
 * Both sides of a round are taken start by start, so that a busy second of the machine falls on both; each begins when
 * what the one before has caused is over.
 */
function inTurns<Side extends string>(
  sides: Readonly<Record<Side, () => Promise<number>>>,
  count: number,
  settle: () => Promise<unknown>,
): Record<Side, () => Promise<number>> {
  const names = Object.keys(sides) as Side[];
  let round: Promise<Record<Side, number[]>> | undefined;
  const measureRound = async (): Promise<Record<Side, number[]>> => {
    const tookMs = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Side, number[]>;
    for (let start = 0; start < count; start += 1) {
      for (const name of start % 2 === 0 ? names : names.toReversed()) {
        await settle();
        tookMs[name].push(await sides[name]());
      }
    }
    return tookMs;
  };
  const take = async (name: Side): Promise<number> => {
    const isFirst = round === undefined;
    round ??= measureRound();
    const tookMs = (await round)[name];
    if (!isFirst) round = undefined;
    return percentile(tookMs, 0.95);
  };
  return Object.fromEntries(names.map((name) => [name, () => take(name)])) as Record<
    Side,
    () => Promise<number>
  >;
}

/** On the real API server nothing runs: what its controller would write at the end. */
async function endJob({ admin }: RealControlPlane, name: string): Promise<void> {
  const at = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  await admin.must(`/apis/kubeflow.org/v1/namespaces/${JOBS.namespace}/pytorchjobs/${name}/status`, {
    method: "PATCH",
    type: "application/merge-patch+json",
    body: {
      status: {
        conditions: [{ type: "Succeeded", status: "True", lastTransitionTime: at }],
        replicaStatuses: {},
        completionTime: at,
      },
    },
  });
}

/** When each object was first seen. Both sides end at this watch. */
function watchNames(cluster: Cluster) {
  const seenAtMs = new Map<string, number>();
  const ending = new AbortController();
  const onChange = (name: string): void => {
    if (!seenAtMs.has(name)) seenAtMs.set(name, Date.now());
  };
  cluster.watch(JOBS, onChange, ending.signal);
  return {
    at: (name: string) => waitUntil(`${name} is created`, () => seenAtMs.get(name)),
    stop: () => ending.abort(),
  };
}

async function isQuiet({ store }: Awaited<ReturnType<typeof openStore>>): Promise<boolean> {
  const open = await store.selectFrom("runs").select("id").where("ended_at", "is", null).limit(1).execute();
  const unsaid = await store
    .selectFrom("outbox")
    .select("id")
    .where("state", "=", "pending")
    .limit(1)
    .execute();
  return open.length + unsaid.length === 0;
}
