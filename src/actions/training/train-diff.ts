import { z } from "zod";
import { defineRead } from "../define-action.ts";
import type { PlatformObject } from "../ports.ts";
import { diffObjects } from "./diff-objects.ts";
import { findRun, subjectOfRun, type RunRow } from "./find-run.ts";
import { formatPath } from "./object-path.ts";

const input = z.object({
  /** Ids or names, or the beginning of one. */
  runs: z.tuple([z.string(), z.string()]),
});

export interface RunDifference {
  runs: readonly [RunRow, RunRow];
  /** What was sent to the platform; a declared path bears its parameter's name. */
  changes: readonly { path: string; from: string; to: string }[];
}

/** What two runs were started with, held against each other. */
export const trainDiff = defineRead<z.infer<typeof input>, RunDifference>({
  name: "train-diff",
  summary: "Show what differs between two runs",
  input,
  risk: "read",
  examples: [{ command: "/train diff sft-r1a2b3 sft-r4c5d6", input: { runs: ["sft-r1a2b3", "sft-r4c5d6"] } }],
  async read({ runs: wanted }, deps) {
    const find = (text: string) =>
      findRun(deps.store, text, deps.person.slackUserId, (run) => deps.may(subjectOfRun("train-diff", run)));
    const [first, second] = [await find(wanted[0]), await find(wanted[1])];
    if (!first.ok || !second.ok)
      return {
        ok: false,
        failure: [first, second].flatMap((found) => (found.ok ? [] : [found.failure])),
      };
    const specOf = async (run: RunRow): Promise<unknown> => {
      const request = await deps.store
        .selectFrom("requests")
        .select("spec")
        .where("id", "=", run.request_id)
        .executeTakeFirst();
      return (request?.spec as PlatformObject | undefined)?.["spec"] ?? {};
    };
    const stage = deps.stages.find(({ name }) => name === first.value.stage);
    const names = new Map(
      (stage?.parameters ?? []).map((parameter) => [formatPath(parameter.path), parameter.name]),
    );
    const changes = diffObjects(await specOf(first.value), await specOf(second.value), "spec")
      // Labels carry the request's own id: they always differ.
      .filter(({ path }) => !/\.metadata(\.labels|$)/.test(path))
      .map((change) => ({ ...change, path: names.get(change.path) ?? change.path }));
    return { ok: true, value: { runs: [first.value, second.value], changes } };
  },
});
