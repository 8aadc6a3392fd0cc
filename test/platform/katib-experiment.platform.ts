import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKatibExperimentEngine } from "#src/actions/training/engines/katib-experiment/katib-experiment-engine.ts";
import { trainingEngineContract } from "#test/contracts/training-engine-contract.ts";
import { experimentStageFixture } from "#test/fixtures/experiment-stage.ts";
import { personFixture } from "#test/fixtures/people.ts";
import { applyKatib } from "./katib/apply-katib.ts";
import { writeExperimentStatus, type WrittenTrial } from "./katib/write-experiment-status.ts";
import { openPlatform, type Platform } from "./open-platform.ts";
import { PEOPLE } from "./rbac-manifests.ts";

const CONDITION = { running: "Running", succeeded: "Succeeded", failed: "Failed" } as const;

const trialOf = (name: string, number: number, condition: WrittenTrial["condition"], loss?: string) => ({
  name: `${name}-t${number}`,
  parameters: { "learning-rate": `${number}e-05`, "batch-size": "4" },
  condition,
  ...(loss !== undefined && { loss }),
});

trainingEngineContract("Katib experiment on the real API server", async () => {
  const platform = await openPlatform();
  await applyKatib(platform.admin);
  const namespace = await platform.openNamespace();
  return {
    engine: createKatibExperimentEngine(new Map([["onprem-a", platform.cluster]])),
    stage: experimentStageFixture({ namespace: namespace.name }),
    params: {},
    researcher: PEOPLE.researcher,
    stranger: PEOPLE.stranger,
    bring: (name, state) =>
      writeExperimentStatus(platform.admin, namespace.name, name, CONDITION[state], [
        trialOf(name, 1, state === "failed" ? "Failed" : "Succeeded", state === "failed" ? undefined : "0.5"),
      ]),
    settle() {},
    loseNextAnswer: () => platform.proxy.loseNextAnswer("POST", "experiments"),
    async deleteBehindOurBack(name) {
      const path = `/apis/kubeflow.org/v1beta1/namespaces/${namespace.name}/experiments/${name}`;
      await platform.admin.must(path, { method: "DELETE" });
    },
    close: () => platform.close(),
  };
});

describe("a sweep on the real API server", () => {
  let platform: Platform;
  let namespace: string;
  beforeAll(async () => {
    platform = await openPlatform();
    await applyKatib(platform.admin);
    namespace = (await platform.openNamespace()).name;
  });
  afterAll(() => platform.close());

  const { researcher, stranger, viewer } = PEOPLE;
  async function start(requestId: string) {
    const engine = createKatibExperimentEngine(new Map([["onprem-a", platform.cluster]]));
    const object = engine.render(
      experimentStageFixture({ namespace }),
      { trials: 4 },
      { requestId, owner: personFixture() },
    );
    const submitted = await engine.submit(object, "onprem-a", researcher);
    if (!submitted.ok) throw new Error(submitted.failure.message);
    return { engine, ref: submitted.value };
  }

  it("shows its trials to whoever may look, as Trial objects have them", async () => {
    const { engine, ref } = await start("r1");
    await writeExperimentStatus(platform.admin, namespace, ref.name, "Running", [
      trialOf(ref.name, 1, "Succeeded", "0.61"),
      trialOf(ref.name, 2, "Succeeded", "0.47"),
      trialOf(ref.name, 3, "Running"),
    ]);

    const { state, progress, detail } = await engine.observe(ref, viewer);

    expect({ state, progress }).toEqual({ state: "running", progress: 0.5 });
    expect(detail?.trials).toMatchObject({
      counts: { succeeded: 2, running: 1 },
      planned: 4,
      best: { name: `${ref.name}-t2`, parameters: { "learning-rate": "2e-05" }, metrics: { loss: 0.47 } },
    });
    expect(detail?.trials?.recent.map(({ name, state: is }) => [name, is])).toEqual([
      [`${ref.name}-t1`, "succeeded"],
      [`${ref.name}-t2`, "succeeded"],
      [`${ref.name}-t3`, "running"],
    ]);
  });

  it("takes more trials from those who may change it", async () => {
    const { engine, ref } = await start("r2");
    await writeExperimentStatus(platform.admin, namespace, ref.name, "Succeeded", [
      trialOf(ref.name, 1, "Succeeded", "0.5"),
    ]);

    expect(await engine.raiseTrials?.(ref, 9, stranger)).toMatchObject({ kind: "forbidden" });
    expect(await engine.raiseTrials?.(ref, 9, viewer)).toMatchObject({ kind: "forbidden" });
    expect(await engine.raiseTrials?.(ref, 9, researcher)).toEqual({ kind: "done" });

    const path = `/apis/kubeflow.org/v1beta1/namespaces/${namespace}/experiments/${ref.name}`;
    expect(((await platform.admin.must(path)) as { spec: unknown }).spec).toMatchObject({ maxTrialCount: 9 });
  });
});
