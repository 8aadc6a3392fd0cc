import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { createKubernetesCluster } from "#src/actions/adapters/kubernetes-cluster.ts";
import { startTestPostgres } from "#test/servers/postgres.ts";
import { putIndexingOff } from "#test/servers/put-indexing-off.ts";
import { waitUntil } from "#test/wait-until.ts";
import type { Figure, FigureLine, OpenFigure } from "./figure.ts";
import { residentMegabytes } from "./memory.ts";
import { writeBenchConfig } from "./servers/bench-config.ts";
import {
  canBeSuspended,
  createObjects,
  messageTsOf,
  NAMESPACE,
  runIdOf,
  setState,
  writeRuns,
} from "./servers/many-runs.ts";
import { openControlPlane, type RealControlPlane } from "./servers/open-control-plane.ts";
import { startSlackServer, type SlackServer } from "./servers/slack-server.ts";
import { startOnSlackServer } from "./servers/start-bench-jibsa.ts";
import { percentile } from "./statistics.ts";

const FULL = { runs: 10_000, attended: 30, missed: 100, changes: 240, perSecond: 2, settleMs: 40_000 };
const QUICK = { runs: 100, attended: 4, missed: 5, changes: 10, perSecond: 2, settleMs: 3_000 };
const EMPTY_NAMESPACE = "llm-empty";
const ROW_TIMEOUT_MS = 300_000;

const line = (label: string, ours: string, peer: string, unit: FigureLine["unit"], limit: number) =>
  ({ label, ours, peer, unit, compare: "alone", limit }) as const;

export const followFigure: Figure = {
  name: "follow",
  summary: "10,000 open runs on the real API server followed by one worker: memory, start, changes, edits",
  lines: [
    {
      label: "follow: memory",
      ours: "resident",
      peer: "resident, no runs",
      unit: "MB",
      compare: "difference",
      limit: (FULL.runs * 5) / 1_024,
    },
    line("follow: start-up", "caught up", "ready", "s", 60),
    line("follow: to the row", "row p95", "watch p95", "ms", 2_000),
    line("follow: edits", "edits", "changes", "/min", 50),
    line("follow: looked at", "told p95", "row p95, attended", "ms", 60_000),
  ],
  async open({ isQuick, log }) {
    const size = isQuick ? QUICK : FULL;
    const closers: (() => Promise<void> | void)[] = [];
    const close = async (): Promise<void> => {
      for (const closer of closers.splice(0).toReversed()) await closer();
    };
    try {
      const plane = await openControlPlane([NAMESPACE, EMPTY_NAMESPACE]);
      if (plane === undefined)
        return { skipped: "its real API server is not built yet: ./jibsa test platform builds it" };
      closers.push(plane.close);
      const slack = await startSlackServer();
      closers.push(slack.close);
      const postgres = await startTestPostgres();
      closers.push(postgres.close);
      log(`  follow: ${size.runs} objects are created …`);
      await createObjects(plane.admin, size.runs);
      return { sides: sidesOf({ plane, slack, postgres, size, log, closers }), close };
    } catch (error) {
      await close();
      throw error;
    }
  },
};

type TestDatabase = Awaited<ReturnType<Awaited<ReturnType<typeof startTestPostgres>>["createDatabase"]>>;

interface World {
  plane: RealControlPlane;
  slack: SlackServer;
  postgres: Awaited<ReturnType<typeof startTestPostgres>>;
  size: typeof FULL;
  log(text: string): void;
  closers: (() => Promise<void> | void)[];
}

/** One round measures everything, on a database and a worker of its own; each side tells one of its numbers. */
function sidesOf(world: World): OpenFigure["sides"] {
  const names = [
    "resident, no runs",
    "resident",
    "ready",
    "caught up",
    "watch p95",
    "row p95",
    "edits",
    "changes",
    "told p95",
    "row p95, attended",
  ] as const;
  let round: Promise<Record<string, number>> | undefined;
  let taken = 0;
  const take = async (name: string): Promise<number> => {
    round ??= measureRound(world);
    const number = (await round)[name] ?? Number.NaN;
    taken += 1;
    if (taken % names.length === 0) round = undefined;
    return number;
  };
  return Object.fromEntries(names.map((name) => [name, () => take(name)]));
}

async function measureRound(world: World): Promise<Record<string, number>> {
  const { plane, size, log } = world;
  const empty = await startWorker(world, EMPTY_NAMESPACE);
  await pause(size.settleMs);
  const withoutMb = await residentMegabytes(empty.jibsa.process);
  await empty.close();

  const database = await world.postgres.createDatabase();
  const { store } = database;
  await writeRuns(store, size.runs, size.attended, new Date());
  // While nobody follows them, these have ended.
  const missed = Array.from({ length: size.missed }, (_, index) => size.runs - 1 - index);
  for (const index of missed) await setState(plane.admin, index, "succeeded");
  const startedAtMs = Date.now();
  const worker = await startWorker(world, NAMESPACE, database);
  try {
    const readyS = (Date.now() - startedAtMs) / 1_000;
    const openIn = async (indexes: readonly number[]): Promise<number> => {
      const rows = await store
        .selectFrom("runs")
        .select("id")
        .where("state", "=", "running")
        .where("id", "in", indexes.map(runIdOf))
        .execute();
      return rows.length;
    };
    await waitUntil(
      "what was missed is in the rows",
      async () => (await openIn(missed)) === 0,
      ROW_TIMEOUT_MS,
    );
    const caughtUpS = (Date.now() - startedAtMs) / 1_000;
    await pause(size.settleMs);
    const withMb = await residentMegabytes(worker.jibsa.process);
    log(
      `  follow: ready ${readyS.toFixed(1)} s, caught up ${caughtUpS.toFixed(1)} s, ${withMb.toFixed(0)} MB`,
    );
    const seen = watchChanges(world);
    const told = await change(world, store, seen);
    seen.stop();
    // What was changed has to be as it was for the next round.
    for (const index of [...missed, ...told.changed]) await setState(plane.admin, index, "running");
    return {
      "resident, no runs": withoutMb,
      resident: withMb,
      ready: readyS,
      "caught up": caughtUpS,
      ...told.numbers,
    };
  } finally {
    await worker.close();
  }
}

/** Runs end, and those that people look at are suspended and go on, at a steady pace. */
async function change(
  { plane, slack, size }: World,
  store: TestDatabase["store"],
  seen: ReturnType<typeof watchChanges>,
) {
  const editsAtMs: number[] = [];
  const editOf = new Map<string, number[]>();
  const stop = slack.onCall(({ method, fields }) => {
    if (method !== "chat.update") return;
    const ts = fields.get("ts") ?? "";
    editsAtMs.push(Date.now());
    editOf.set(ts, [...(editOf.get(ts) ?? []), Date.now()]);
  });
  const changedAtMs = new Map<number, number>();
  const rowMs: number[] = [];
  const attendedRowMs: number[] = [];
  const beganAtMs = Date.now();
  const pending: Promise<void>[] = [];
  const attended = Array.from({ length: size.attended }, (_, index) => index).filter(canBeSuspended);
  const others = Array.from({ length: size.changes }, (_, index) => size.attended + index);
  const order = others.flatMap((index, turn) => {
    const looked = attended[Math.floor(turn / 8)];
    return turn % 8 === 0 && looked !== undefined ? [looked, index] : [index];
  });
  for (const [turn, index] of order.entries()) {
    const waitMs = beganAtMs + (turn * 1_000) / size.perSecond - Date.now();
    if (waitMs > 0) await pause(waitMs);
    const isAttended = index < size.attended;
    const atMs = Date.now();
    changedAtMs.set(index, atMs);
    seen.expect(runIdOf(index), atMs);
    await setState(plane.admin, index, isAttended ? "suspended" : "succeeded");
    const wanted = isAttended ? "queued" : "succeeded";
    pending.push(
      waitUntil(
        `${runIdOf(index)} is ${wanted} in its row`,
        async () => {
          const row = await store
            .selectFrom("runs")
            .select("state")
            .where("id", "=", runIdOf(index))
            .executeTakeFirst();
          return row?.state === wanted;
        },
        ROW_TIMEOUT_MS,
        50,
      ).then(() => void (isAttended ? attendedRowMs : rowMs).push(Date.now() - atMs)),
    );
  }
  const seconds = (Date.now() - beganAtMs) / 1_000;
  await Promise.all(pending);
  const toldOf = (index: number): number | undefined => {
    const since = changedAtMs.get(index) ?? 0;
    return editOf.get(messageTsOf(index))?.find((atMs) => atMs > since);
  };
  await waitUntil(
    "what people look at is told",
    () => attended.every((index) => toldOf(index) !== undefined),
    ROW_TIMEOUT_MS,
  );
  stop();
  const toldMs = attended.map((index) => (toldOf(index) ?? 0) - (changedAtMs.get(index) ?? 0));
  return {
    changed: order,
    numbers: {
      "row p95": percentile(rowMs, 0.95),
      "row p95, attended": percentile(attendedRowMs, 0.95),
      "watch p95": percentile(seen.tookMs, 0.95),
      "told p95": percentile(toldMs, 0.95),
      edits: mostInAMinute(editsAtMs),
      changes: (order.length / seconds) * 60,
    },
  };
}

function mostInAMinute(atMs: readonly number[]): number {
  return Math.max(0, ...atMs.map((from) => atMs.filter((at) => at >= from && at < from + 60_000).length));
}

/** The peer: a bare watch, in the process that measures. */
function watchChanges({ plane }: World) {
  const cluster = createKubernetesCluster({
    name: "peer",
    simulated: false,
    source: { kubeconfig: plane.kubeconfig },
  });
  const ending = new AbortController();
  const expected = new Map<string, number>();
  const tookMs: number[] = [];
  const jobs = { group: "kubeflow.org", version: "v1", resource: "pytorchjobs", namespace: NAMESPACE };
  cluster.watch(
    jobs,
    (name) => {
      const id = name.slice(name.lastIndexOf("-") + 1);
      const atMs = expected.get(id);
      if (atMs === undefined) return;
      expected.delete(id);
      tookMs.push(Date.now() - atMs);
    },
    ending.signal,
  );
  return { tookMs, expect: (id: string, atMs: number) => expected.set(id, atMs), stop: () => ending.abort() };
}

/** A worker alone. Its stages are the example's whose kinds are watched, in one namespace. */
async function startWorker(
  { plane, slack, postgres, closers }: World,
  namespace: string,
  database?: TestDatabase,
) {
  const opened = database ?? (await postgres.createDatabase());
  const { connectionString } = opened;
  await putIndexingOff(opened, { kind: "postgres", connectionString });
  const config = await writeBenchConfig((folder) => ({
    slack: { apiUrl: slack.apiUrl },
    model: { provider: "none" },
    // Documents are another figure's.
    milvus: { address: "127.0.0.1:1" },
    knowledge: { sources: [{ name: "pages", folder }], watch: false },
    clusters: [{ name: "onprem-a", kubeconfig: join(folder, "kubeconfig") }],
  }));
  await writeFile(join(config.folder, "kubeconfig"), plane.kubeconfig);
  const settings = parse(await readFile(config.file, "utf8")) as { stages: { namespace: string }[] };
  for (const stage of settings.stages) stage.namespace = namespace;
  await writeFile(config.file, stringify(settings));
  const jibsa = await startOnSlackServer({
    configFile: config.file,
    roles: "worker",
    env: { JIBSA_POSTGRES_URL: connectionString },
  });
  const close = async (): Promise<void> => {
    await jibsa.close();
    await config.close();
  };
  closers.push(close);
  return { jibsa, close };
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
