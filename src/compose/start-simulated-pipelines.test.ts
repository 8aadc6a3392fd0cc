import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readConfig } from "../config.ts";
import { openPipelines } from "./open-pipelines.ts";
import { startSimulatedPipelines } from "./start-simulated-pipelines.ts";

const dataDir = mkdtempSync(join(tmpdir(), "jibsa-pipelines-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));
const example = readConfig({}, { dataDir });
const simulated = { name: "onprem-a", kind: "simulated" } as const;

describe("the stand-in for Kubeflow Pipelines", () => {
  it("runs where a stage of a simulated cluster needs it, with the pipeline that the example names", async () => {
    const started = await startSimulatedPipelines(example, simulated);
    if (started === undefined) throw new Error("it was not started");
    const pipelines = openPipelines(example, { simulatedPipelines: [started] }).get("onprem-a");
    const as = { user: "minji@example.com", groups: [] };

    const found = await pipelines?.findPipeline("korean-llm-pipeline", "llm-training", as);
    await started.close();

    expect(found).toMatchObject({ ok: true });
  });

  it.each([
    ["no stage uses the engine", { ...example, stages: [] }, simulated],
    [
      "the cluster has an address for it",
      example,
      { ...simulated, kubeflowPipelines: { url: "http://kfp:8888", auth: "none" } },
    ],
    ["the cluster is real", example, { name: "onprem-a", kind: "in-cluster" }],
  ] as const)("does not run where %s", async (_why, config, cluster) => {
    expect(await startSimulatedPipelines(config, cluster)).toBeUndefined();
  });
});
