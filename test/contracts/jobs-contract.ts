import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createJobs, type Jobs } from "#src/jobs/create-jobs.ts";
import type { QueueBackend } from "#src/jobs/open-queues.ts";
import type { JobName } from "#src/jobs/registry.ts";
import type { JobHandlers, WorkerHandle } from "#src/jobs/start-worker.ts";
import type { OpenStore } from "#src/store/open-store.ts";
import { waitUntil } from "#test/wait-until.ts";

/** What the queue must do on either backend. */
export function jobsContract(
  name: string,
  open: () => Promise<{ backend: QueueBackend; database: OpenStore; prefix: string }>,
): void {
  describe(`jobs on ${name}`, () => {
    let jobs: Jobs;
    let database: OpenStore;
    let worker: WorkerHandle | undefined;
    let parked: { name: JobName; payload: unknown; error: string }[];

    beforeEach(async () => {
      const opened = await open();
      database = opened.database;
      parked = [];
      jobs = createJobs({ ...opened, store: database.store, logger: pino({ level: "silent" }) });
    });
    afterEach(async () => {
      await worker?.close();
      worker = undefined;
      await jobs.close();
    });

    function work(handlers: Partial<JobHandlers>): void {
      const none = async () => {};
      worker = jobs.startWorker(
        {
          "handle-inbound": none,
          "run-action": none,
          "observe-run": none,
          "notice-change": none,
          "measure-run": none,
          "follow-logs": none,
          "follow-sync": none,
          "pull-model": none,
          "deliver-outbox": none,
          "draw-request": none,
          "advance-pipeline": none,
          "expire-approvals": none,
          sweep: none,
          "index-source": none,
          prune: none,
          ...handlers,
        },
        {
          async onParked(jobName, payload, error) {
            parked.push({ name: jobName, payload, error });
          },
        },
      );
    }

    it("runs what was enqueued before a worker was there", async () => {
      const seen: string[] = [];
      await jobs.enqueue("handle-inbound", { key: "Ev:1" });

      work({ "handle-inbound": async ({ key }) => void seen.push(key) });

      await waitUntil("the job", () => seen.length === 1);
      expect(seen).toEqual(["Ev:1"]);
    });

    it("keeps one job while a job of the same key waits, and takes the key again afterwards", async () => {
      let runs = 0;
      for (let index = 0; index < 11; index += 1) await jobs.enqueue("handle-inbound", { key: "same" });

      work({ "handle-inbound": async () => void (runs += 1) });
      await jobs.enqueue("run-action", { requestId: "marker" });
      await waitUntil("the first", () => runs === 1);
      // A job's id is free once it has ended; until then a repeated ring is ignored.
      await waitUntil("the second", async () => {
        await jobs.enqueue("handle-inbound", { key: "same" });
        return runs === 2;
      });

      expect(runs).toBe(2);
    });

    it("tries again after a failure and forgets it after success", async () => {
      let attempts = 0;
      work({
        "handle-inbound": async () => {
          attempts += 1;
          if (attempts === 1) throw new Error("first");
        },
      });

      await jobs.enqueue("handle-inbound", { key: "flaky" });

      await waitUntil("the second attempt", () => attempts === 2);
      await waitUntil("a clean count", async () => {
        const { rows } = await database.pool.query("select 1 from job_starts");
        return rows.length === 0;
      });
      expect(parked).toEqual([]);
    });

    it("parks a job after its last attempt and goes on with the others", async () => {
      const done: string[] = [];
      work({
        sweep: async () => {
          throw new Error("always");
        },
        "handle-inbound": async ({ key }) => void done.push(key),
      });

      await jobs.enqueue("sweep", {});
      await jobs.enqueue("handle-inbound", { key: "other" });

      await waitUntil("the parking", () => parked.length === 1);
      expect(parked[0]).toEqual({ name: "sweep", payload: {}, error: "always" });
      expect(done).toEqual(["other"]);
    });

    it("parks a job whose worker died at each start without starting it once more", async () => {
      let runs = 0;
      await jobs.enqueue("handle-inbound", { key: "poison" }, { delayMs: 1 });
      await database.pool.query(
        "insert into job_starts (job_key, starts) select 'handle-inbound/' || $1, 5",
        [await jobIdInQueue()],
      );

      work({ "handle-inbound": async () => void (runs += 1) });

      await waitUntil("the parking", () => parked.length === 1);
      expect(runs).toBe(0);
    });

    it("starts what waits, once it is told that the clock was wrong", async () => {
      const seen: string[] = [];
      await jobs.enqueue("handle-inbound", { key: "interactive" }, { delayMs: 3_600_000 });
      await jobs.enqueue("index-source", { source: "background" }, { delayMs: 3_600_000 });
      work({
        "handle-inbound": async ({ key }) => void seen.push(key),
        "index-source": async ({ source }) => void seen.push(source),
      });

      await jobs.startWaiting();

      await waitUntil("both", () => seen.length === 2);
      expect(seen.toSorted()).toEqual(["background", "interactive"]);
    });

    it("comes again when the handler asks for it, without counting attempts", async () => {
      let looks = 0;
      work({
        "observe-run": async () => {
          looks += 1;
          return looks < 8 ? { againInMs: 5 } : undefined;
        },
      });

      await jobs.enqueue("observe-run", { runId: "run-1" });

      await waitUntil("eight looks", () => looks === 8);
      expect(parked).toEqual([]);
    });

    it("starts a delayed job now when it is promoted", async () => {
      let looks = 0;
      work({
        "observe-run": async () => {
          looks += 1;
          return looks < 2 ? { againInMs: 3_600_000 } : undefined;
        },
      });
      await jobs.enqueue("observe-run", { runId: "run-1" });
      await waitUntil("the first look", () => looks === 1);

      await waitUntil("the second look", async () => {
        await jobs.enqueue("observe-run", { runId: "run-1" }, { promote: true });
        return looks >= 2;
      });
    });

    it("refuses a payload that does not fit its schema, by parking it", async () => {
      work({});

      await jobs.enqueue("expire-approvals", 7 as unknown as Record<string, never>);

      await waitUntil("the parking", () => parked.length === 1);
      expect(parked[0]?.name).toBe("expire-approvals");
    });

    it("repeats a scheduled job", async () => {
      let sweeps = 0;
      work({ sweep: async () => void (sweeps += 1) });

      await jobs.schedule("sweep", {}, 200);
      await jobs.schedule("sweep", {}, 200);

      await waitUntil("three sweeps", () => sweeps >= 3);
    });

    async function jobIdInQueue(): Promise<string> {
      const { createHash } = await import("node:crypto");
      const digest = createHash("sha256").update('{"key":"poison"}').digest("hex").slice(0, 24);
      return `handle-inbound.${digest}`;
    }
  });
}
