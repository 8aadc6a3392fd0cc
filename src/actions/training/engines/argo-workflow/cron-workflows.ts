import { z } from "zod";
import type { Cluster } from "../../../cluster-ports.ts";
import type { Identity } from "../../../ports.ts";
import type { RunSchedule } from "../../engine-ports.ts";

const RESOURCE = { group: "argoproj.io", version: "v1alpha1", resource: "cronworkflows" };
/** https://argo-workflows.readthedocs.io/en/latest/cron-workflows/ ; `schedule` is how versions before 3.6 write it. */
const cronWorkflow = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    schedule: z.string().optional(),
    schedules: z.array(z.string()).optional(),
    timezone: z.string().optional(),
    suspend: z.boolean().optional(),
  }),
  status: z.looseObject({ lastScheduledTime: z.iso.datetime({ offset: true }).nullish() }).optional(),
});

/** The CronWorkflows of a namespace. */
export async function cronWorkflows(
  cluster: Cluster,
  namespace: string,
  as: Identity,
): Promise<readonly RunSchedule[]> {
  const found = await cluster.list({ ...RESOURCE, namespace }, as);
  return found.map((object) => {
    const { metadata, spec, status } = cronWorkflow.parse(object);
    const lastAt = status?.lastScheduledTime;
    return {
      name: metadata.name,
      crons: spec.schedules ?? (spec.schedule === undefined ? [] : [spec.schedule]),
      ...(spec.timezone !== undefined && spec.timezone !== "" && { timeZone: spec.timezone }),
      isActive: spec.suspend !== true,
      ...(lastAt != null && { lastAt: new Date(lastAt) }),
    };
  });
}
