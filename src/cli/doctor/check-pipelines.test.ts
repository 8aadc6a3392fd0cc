import { expect, it } from "vitest";
import { startTestPipelines } from "#test/servers/kubeflow-pipelines.ts";
import { checkPipelines } from "./check-pipelines.ts";

const settingsFor = (url: string, namespace?: string) => ({
  clusters: [
    {
      name: "onprem-a",
      kind: "in-cluster" as const,
      kubeflowPipelines: { url, namespace, auth: "none" as const },
    },
  ],
  pipelinesTokens: {},
});

it("says whether Kubeflow Pipelines answers, and in the mode that the settings mean", async () => {
  const server = await startTestPipelines();

  const fitting = await checkPipelines(settingsFor(server.url));
  const other = await checkPipelines(settingsFor(server.url, "kubeflow"));
  await server.close();
  const away = await checkPipelines(settingsFor(server.url));

  expect(fitting).toEqual([{ name: "pipelines onprem-a", level: "ok", text: "real, multi-user mode" }]);
  expect(other).toMatchObject([{ level: "warn", text: "is in multi-user mode" }]);
  expect(away).toMatchObject([{ level: "fail" }]);
});
