import { createManualClock } from "#src/playground/cluster/cluster-clock.ts";
import { startPipelinesServer } from "#src/playground/pipelines/start-pipelines-server.ts";
import { researcher } from "./simulated-cluster.ts";

export const RUN_DURATION_MS = 60_000;
export const USER_HEADER = "kubeflow-userid";

/** The playground's Kubeflow Pipelines in multi-user mode on a clock that a test moves; the researcher may work in llm-training. */
export async function startTestPipelines(options: Partial<Parameters<typeof startPipelinesServer>[0]> = {}) {
  const clock = createManualClock();
  const server = await startPipelinesServer({
    port: 0,
    nowMs: () => clock.nowMs(),
    runDurationMs: RUN_DURATION_MS,
    access: {
      kind: "multi-user",
      header: USER_HEADER,
      mayUse: (user, namespace) => user === researcher.user && namespace === "llm-training",
    },
    ...options,
  });
  return { ...server, clock };
}
