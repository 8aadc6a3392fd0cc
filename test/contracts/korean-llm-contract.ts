import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RunObservation, RunRef } from "#src/actions/training/engine-ports.ts";
import { parseStageParams } from "#src/actions/training/stage-catalogue.ts";
import { readConfig } from "#src/config.ts";
import { personFixture } from "#test/fixtures/people.ts";
import { waitUntil } from "#test/wait-until.ts";
import type { ArgoUnderTest } from "./argo-workflow-contract.ts";

export interface ExampleUnderTest extends ArgoUnderTest {
  /** What argoexec would report of the evaluation, where nobody plays it. */
  reportAccuracy(ref: RunRef, nodeId: string, accuracy: string): Promise<void>;
  /** From now on the pods of that template come to their end. */
  letEnd(ref: RunRef, template: string): Promise<void>;
}

const LONG_MS = 60_000;
const EXAMPLE = join(import.meta.dirname, "../../jibsa.example.yaml");

/** The WorkflowTemplate of deploy/training/argo/ under the example's stage, as operators install both. */
export function koreanLlmContract(
  name: string,
  open: (pods: "short" | "endless") => Promise<ExampleUnderTest>,
): void {
  describe(`the Korean pipeline: ${name}`, () => {
    let opened: ExampleUnderTest | undefined;
    beforeEach(() => {
      opened = undefined;
    });
    afterEach(() => opened?.close());

    async function start(under: ExampleUnderTest): Promise<RunRef> {
      const found = readConfig({}, { file: EXAMPLE }).stages.find((stage) => stage.name === "korean-llm");
      if (found === undefined) throw new Error("the example has no stage korean-llm");
      const stage = { ...found, cluster: under.cluster, namespace: under.namespace };
      const params = parseStageParams(stage, { "model-size": "14B", "deployment-target": "production" });
      if (!params.ok) throw new Error(JSON.stringify(params.failure));
      const origin = { requestId: "r1", owner: personFixture() };
      const object = under.engine.render(stage, params.value, origin);
      expect(under.engine.footprint(object)).toEqual({ gpus: 8 });
      const submitted = await under.engine.submit(object, under.cluster, under.researcher);
      if (!submitted.ok) throw new Error(submitted.failure.message);
      return submitted.value;
    }
    const until = (
      under: ExampleUnderTest,
      ref: RunRef,
      what: string,
      condition: (seen: RunObservation) => boolean,
    ) =>
      waitUntil(
        what,
        async () => {
          under.settle();
          const seen = await under.engine.observe(ref, under.researcher);
          return condition(seen) && seen;
        },
        LONG_MS,
        40,
      );
    const stateOf = ({ detail }: RunObservation, step: string) =>
      detail?.steps?.find((one) => one.name === step)?.state;

    it(
      "goes to its gate, tells the accuracy, and hands over when it is approved",
      { timeout: LONG_MS },
      async () => {
        const under = (opened = await open("short"));
        const ref = await start(under);
        await until(under, ref, "the evaluation", (seen) =>
          ["running", "succeeded"].includes(stateOf(seen, "evaluate") ?? ""),
        );
        const nodes = ((await under.read(ref)) as { status: { nodes: Record<string, { name: string }> } })
          .status.nodes;
        const [nodeId = ""] =
          Object.entries(nodes).find(([, node]) => node.name === `${ref.name}.evaluate(0)`) ?? [];
        await under.reportAccuracy(ref, nodeId, "0.87");

        const waiting = await until(under, ref, "the gate", ({ detail }) => detail?.gates !== undefined);

        expect(waiting.detail?.steps?.map(({ name: step }) => step)).toEqual([
          "preprocess",
          "cpt",
          "sft",
          "rlhf",
          "evaluate",
          "gate",
          "deploy",
        ]);
        const [gate] = waiting.detail?.gates ?? [];
        expect(gate?.message).toBe("accuracy 0.87, hand-over to production");
        await under.engine.decideGate?.(ref, gate?.id ?? "", "approve", under.researcher);
        const ended = await until(
          under,
          ref,
          "its end",
          ({ state }) => state === "succeeded" || state === "failed",
        );
        expect(ended.state).toBe("succeeded");
        expect(stateOf(ended, "deploy")).toBe("succeeded");
      },
    );

    it("ends the jobs of its steps when it is stopped", { timeout: LONG_MS }, async () => {
      const under = (opened = await open("endless"));
      const ref = await start(under);
      await until(under, ref, "its first step", (seen) => stateOf(seen, "preprocess") === "running");
      await under.letEnd(ref, "preprocess");
      await until(under, ref, "the first training", (seen) => stateOf(seen, "cpt") === "running");

      await under.engine.cancel(ref, under.researcher);
      await waitUntil("the exit handler's pod", async () => {
        under.settle();
        return (await under.podNames(ref)).some((pod) => pod.startsWith(`${ref.name}-end-jobs-`));
      });
      await under.letEnd(ref, "end-jobs");

      const ended = await until(under, ref, "its end", ({ state }) => state === "failed");
      expect(ended.reason).toBe("Stopped with strategy 'Stop'");
      expect(stateOf(ended, "cpt")).toBe("cancelled");
      expect(stateOf(ended, "onExit")).toBe("succeeded");
    });
  });
}
