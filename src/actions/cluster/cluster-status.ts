import { z } from "zod";
import { ClusterForbiddenError, ClusterUnavailableError, type ClusterStatus } from "../cluster-ports.ts";
import { defineRead } from "../define-action.ts";
import { nearestWord } from "../nearest-word.ts";

const input = z.object({
  /** Empty: all clusters. */
  cluster: z.string(),
});
export type ClusterReport =
  | { kind: "status"; status: ClusterStatus }
  | { kind: "unreachable" | "forbidden"; cluster: string; simulated: boolean; message: string };

export const clusterStatus = defineRead<z.infer<typeof input>, readonly ClusterReport[]>({
  name: "cluster-status",
  summary: "Show nodes and GPUs: total, allocated, by whom",
  input,
  risk: "read",
  examples: [{ command: "/cluster status", input: { cluster: "" } }],
  async read({ cluster: wanted }, deps) {
    const names = [...deps.clusters.keys()].filter((cluster) =>
      deps.may({ action: "cluster-status", cluster }),
    );
    if (wanted !== "" && !names.includes(wanted)) {
      const suggestion = nearestWord(wanted, names);
      return {
        ok: false,
        failure: [
          {
            field: "cluster",
            code: "unknown-cluster",
            given: wanted.slice(0, 80),
            allowed: names.join(", "),
            ...(suggestion !== undefined && { suggestion }),
          },
        ],
      };
    }
    const chosen = [...deps.clusters.values()].filter(
      ({ name }) => names.includes(name) && (wanted === "" || name === wanted),
    );
    const reports = chosen.map(async (cluster): Promise<ClusterReport> => {
      try {
        return { kind: "status", status: await cluster.status(deps.person.identity) };
      } catch (error) {
        const { name, simulated } = cluster;
        if (error instanceof ClusterUnavailableError)
          return { kind: "unreachable", cluster: name, simulated, message: error.message };
        if (error instanceof ClusterForbiddenError)
          return { kind: "forbidden", cluster: name, simulated, message: error.message };
        throw error;
      }
    });
    return { ok: true, value: await Promise.all(reports) };
  },
});
