import { z } from "zod";
import { ClusterForbiddenError, ClusterUnavailableError } from "../cluster-ports.ts";
import { defineRead } from "../define-action.ts";
import type { EngineKind } from "../ports.ts";
import type { RunSchedule } from "./engine-ports.ts";

/** What one platform starts by itself in one namespace; `trouble`: why that cannot be told. */
export interface SchedulesOfPlace {
  cluster: string;
  namespace: string;
  engine: EngineKind;
  schedules: readonly RunSchedule[];
  trouble?: { kind: "forbidden" | "away"; message: string };
}

const input = z.object({
  /** Empty: of every namespace. */
  namespace: z.string(),
});

/** Wherever a stage's platform has schedules of its own. They are read as the person, and changed on the platform. */
export const trainSchedules = defineRead<z.infer<typeof input>, readonly SchedulesOfPlace[]>({
  name: "train-schedules",
  summary: "Show what platforms start by themselves",
  input,
  risk: "read",
  examples: [{ command: "/train schedules", input: { namespace: "" } }],
  async read({ namespace: wanted }, deps) {
    const places = new Map(
      deps.stages
        .filter(({ namespace }) => wanted === "" || namespace === wanted)
        .filter(({ engine }) => deps.engines.get(engine)?.schedules !== undefined)
        .filter(({ cluster, namespace }) => deps.may({ action: "train-schedules", cluster, namespace }))
        .map(({ cluster, namespace, engine }) => [
          `${cluster}/${namespace}/${engine}`,
          { cluster, namespace, engine },
        ]),
    );
    const value = await Promise.all(
      [...places.values()].map(async (place): Promise<SchedulesOfPlace> => {
        const { cluster, namespace, engine } = place;
        try {
          const found = await deps.engines.get(engine)?.schedules?.(cluster, namespace, deps.person.identity);
          return { ...place, schedules: found ?? [] };
        } catch (error) {
          if (error instanceof ClusterForbiddenError)
            return { ...place, schedules: [], trouble: { kind: "forbidden", message: error.message } };
          if (error instanceof ClusterUnavailableError)
            return { ...place, schedules: [], trouble: { kind: "away", message: error.message } };
          throw error;
        }
      }),
    );
    return { ok: true, value };
  },
});
