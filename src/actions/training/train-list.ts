import { z } from "zod";
import { defineRead } from "../define-action.ts";
import { subjectOfRun, type RunRow } from "./find-run.ts";
import { findStage } from "./stage-catalogue.ts";

const input = z.object({
  /** "open": not ended, or ended within a day. */
  which: z.enum(["open", "mine", "team", "all"]),
  /** Empty: every stage. */
  stage: z.string(),
  /** Empty: every state. */
  state: z.enum(["", "queued", "starting", "running", "succeeded", "failed", "cancelled", "lost"]),
});

/** At most 20 runs, newest first. */
export const trainList = defineRead<z.infer<typeof input>, readonly RunRow[]>({
  name: "train-list",
  summary: "Show runs",
  input,
  risk: "read",
  examples: [
    { command: "/train list", input: { which: "open", stage: "", state: "" } },
    {
      command: "/train list mine stage=sft state=failed",
      input: { which: "mine", stage: "sft", state: "failed" },
    },
  ],
  async read({ which, stage, state }, deps) {
    if (stage !== "") {
      const found = findStage(deps.stages, stage);
      if (!found.ok) return { ok: false, failure: [found.failure] };
    }
    let query = deps.store.selectFrom("runs").selectAll().orderBy("created_at", "desc").limit(200);
    if (which === "mine") query = query.where("owner", "=", deps.person.slackUserId);
    if (which === "team") {
      const { team } = deps.person;
      if (team === undefined) return { ok: false, failure: [{ field: "which", code: "no-team" }] };
      query = query.where("team", "=", team);
    }
    if (which === "open") {
      const dayAgo = new Date(deps.now().getTime() - 86_400_000);
      query = query.where((where) =>
        where.or([where("ended_at", "is", null), where("ended_at", ">", dayAgo)]),
      );
    }
    if (stage !== "") query = query.where("stage", "=", stage.toLowerCase());
    if (state !== "") query = query.where("state", "=", state);
    const runs = (await query.execute()).filter((run) => deps.may(subjectOfRun("train-list", run)));
    return { ok: true, value: runs.slice(0, 20) };
  },
});
