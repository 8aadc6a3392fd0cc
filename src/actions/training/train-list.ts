import { z } from "zod";
import { defineRead } from "../define-action.ts";
import { subjectOfRun, type RunRow } from "./find-run.ts";

const input = z.object({
  /** "open": not ended, or ended within a day. */
  which: z.enum(["open", "mine", "all"]),
});

/** At most 20 runs, newest first. */
export const trainList = defineRead<z.infer<typeof input>, readonly RunRow[]>({
  name: "train-list",
  summary: "Show runs",
  input,
  risk: "read",
  examples: [
    { command: "/train list", input: { which: "open" } },
    { command: "/train list mine", input: { which: "mine" } },
  ],
  async read({ which }, deps) {
    let query = deps.store.selectFrom("runs").selectAll().orderBy("created_at", "desc").limit(200);
    if (which === "mine") query = query.where("owner", "=", deps.person.slackUserId);
    if (which === "open") {
      const dayAgo = new Date(deps.now().getTime() - 86_400_000);
      query = query.where((where) =>
        where.or([where("ended_at", "is", null), where("ended_at", ">", dayAgo)]),
      );
    }
    const runs = (await query.execute()).filter((run) => deps.may(subjectOfRun("train-list", run)));
    return { ok: true, value: runs.slice(0, 20) };
  },
});
