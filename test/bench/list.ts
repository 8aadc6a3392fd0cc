import { trainHistory } from "#src/actions/training/train-history.ts";
import { trainList } from "#src/actions/training/train-list.ts";
import { trainStatus } from "#src/actions/training/train-status.ts";
import { decide } from "#src/actions/policy.ts";
import type { PlanDeps } from "#src/actions/define-action.ts";
import { personFixture, policyFixture } from "#test/fixtures/people.ts";
import { startTestPostgres } from "#test/servers/postgres.ts";
import { sql } from "kysely";
import type { Figure, FigureLine } from "./figure.ts";
import { ownerOf, runName, writeHistory } from "./servers/write-history.ts";
import { percentile } from "./statistics.ts";

const RUNS = 10_000;
const QUICK_RUNS = 500;
const LOOKS = 100;
const QUICK_LOOKS = 3;

const line = (label: string, ours: string): FigureLine => ({
  label,
  ours,
  peer: "empty query",
  unit: "ms",
  compare: "alone",
  limit: 100,
});

export const listFigure: Figure = {
  name: "list",
  summary: "p95 of what /train list, status and history read, with 10,000 runs in the database",
  lines: [
    line("list", "list"),
    line("list, mine", "mine"),
    line("list, all", "all"),
    line("status by name", "status"),
    line("status, misspelt", "misspelt"),
    line("history", "history"),
  ],
  async open({ isQuick }) {
    const postgres = await startTestPostgres();
    try {
      const { store } = await postgres.createDatabase();
      const count = isQuick ? QUICK_RUNS : RUNS;
      const now = new Date();
      await writeHistory(store, count, now);
      await sql`analyze`.execute(store);
      const person = personFixture({ slackUserId: ownerOf(7) });
      const deps: PlanDeps = {
        store,
        person,
        requestId: "bench",
        stages: [],
        engines: new Map(),
        clusters: new Map(),
        now: () => now,
        may: (subject) => decide(policyFixture, person, subject).kind === "allowed",
      };
      const looks = isQuick ? QUICK_LOOKS : LOOKS;
      const measured =
        (look: (turn: number) => Promise<{ ok: boolean }>, isFound = true) =>
        async () => {
          const tookMs: number[] = [];
          for (let turn = 0; turn < looks; turn += 1) {
            const startedAtMs = performance.now();
            const { ok } = await look(turn);
            tookMs.push(performance.now() - startedAtMs);
            if (ok !== isFound) throw new Error("a look answered otherwise than it must");
          }
          return percentile(tookMs, 0.95);
        };
      /** From the newest to the oldest. */
      const nameOf = (turn: number): string => runName(count - 1 - Math.floor((turn * (count - 1)) / looks));
      return {
        sides: {
          list: measured(() => trainList.read({ which: "open", stage: "", state: "" }, deps)),
          mine: measured(() => trainList.read({ which: "mine", stage: "", state: "" }, deps)),
          all: measured(() => trainList.read({ which: "all", stage: "", state: "" }, deps)),
          status: measured((turn) => trainStatus.read({ run: nameOf(turn) }, deps)),
          misspelt: measured(
            (turn) => trainStatus.read({ run: `${nameOf(turn).slice(0, -1)}!` }, deps),
            false,
          ),
          history: measured(() => trainHistory.read({ stage: "" }, deps)),
          "empty query": measured(async () => {
            await sql`select 1`.execute(store);
            return { ok: true };
          }),
        },
        close: () => postgres.close(),
      };
    } catch (error) {
      await postgres.close();
      throw error;
    }
  },
};
