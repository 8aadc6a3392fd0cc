import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Identity, PlatformObject } from "#src/actions/ports.ts";
import type { RunObservation, RunRef, TrainingEngine } from "#src/actions/training/engine-ports.ts";
import { personFixture } from "#test/fixtures/people.ts";
import { workflowStageFixture } from "#test/fixtures/workflow-stage.ts";
import { waitUntil } from "#test/wait-until.ts";

export interface ArgoUnderTest {
  engine: TrainingEngine;
  cluster: string;
  namespace: string;
  researcher: Identity;
  /** Makes what workflows refer to, as the administrator. */
  arrange(object: PlatformObject): Promise<void>;
  /** The object as it is stored. */
  read(ref: RunRef): Promise<Record<string, unknown> | undefined>;
  podNames(ref: RunRef): Promise<readonly string[]>;
  /** Lets the cluster's own loops go round where a test holds its clock. */
  settle(): void;
  close(): Promise<void>;
}

interface StoredNode {
  name: string;
  phase: string;
}

const LONG_MS = 40_000;

/** A pod that takes a second, and ends as it is told. */
const work = (name: string, outcome = "succeed", more: object = {}) => ({
  name,
  metadata: {
    annotations: {
      "simulation.jibsa.dev/duration-seconds": "1",
      "simulation.jibsa.dev/outcome": outcome,
      ...(outcome === "hold" && { "simulation.jibsa.dev/duration-seconds": "forever" }),
    },
  },
  container: { image: "unsloth-korean", command: ["python3", "-u", "scripts/work.py"] },
  ...more,
});
const gate = {
  name: "gate",
  inputs: { parameters: [{ name: "message" }] },
  suspend: {},
};
const dag = (...tasks: object[]) => ({ name: "main", dag: { tasks } });
const ask = { parameters: [{ name: "message", value: "deploy {{workflow.parameters.model-size}}?" }] };

/** What Argo's controller does with a workflow, and what the engine makes of it: on a simulated cluster and on the real one. */
export function argoWorkflowContract(name: string, open: () => Promise<ArgoUnderTest>): void {
  describe(`Argo workflows: ${name}`, () => {
    let opened: ArgoUnderTest;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    async function start(spec: object, requestId = "r1"): Promise<RunRef> {
      const { engine, cluster, namespace, researcher } = opened;
      const parameters = [{ name: "model-size", value: "7B" }];
      const stage = workflowStageFixture({
        cluster,
        namespace,
        template: { spec: { entrypoint: "main", arguments: { parameters }, ...spec } },
      });
      const object = engine.render(stage, { "model-size": "14B" }, { requestId, owner: personFixture() });
      const submitted = await engine.submit(object, cluster, researcher);
      if (!submitted.ok) throw new Error(submitted.failure.message);
      return submitted.value;
    }
    const observe = (ref: RunRef) => opened.engine.observe(ref, opened.researcher);
    const until = (ref: RunRef, what: string, condition: (seen: RunObservation) => boolean) =>
      waitUntil(
        what,
        async () => {
          opened.settle();
          const seen = await observe(ref);
          return condition(seen) && seen;
        },
        LONG_MS,
        50,
      );
    const untilEnd = (ref: RunRef) =>
      until(ref, "its end", ({ state }) => ["succeeded", "failed"].includes(state));
    const stepsOf = ({ detail }: RunObservation) =>
      (detail?.steps ?? []).map((step) => `${step.name} ${step.state}`);

    it("go step by step, wait at a gate, and go on when it is approved", { timeout: LONG_MS }, async () => {
      const ref = await start({
        templates: [
          dag(
            { name: "deploy", template: "work", dependencies: ["gate"] },
            { name: "gate", template: "gate", dependencies: ["train"], arguments: ask },
            { name: "train", template: "work" },
          ),
          gate,
          work("work"),
        ],
      });

      const waiting = await until(ref, "the gate", ({ detail }) => detail?.gates !== undefined);
      expect(stepsOf(waiting)).toEqual(["train succeeded", "gate running", "deploy waiting"]);
      expect(waiting.detail?.gates).toMatchObject([{ name: "gate", message: "deploy 14B?" }]);
      const [{ id } = { id: "" }] = waiting.detail?.gates ?? [];
      expect(await opened.engine.decideGate?.(ref, id, "approve", opened.researcher)).toEqual({
        kind: "done",
      });

      const ended = await untilEnd(ref);
      expect(ended).toMatchObject({ state: "succeeded", progress: 1 });
      expect(stepsOf(ended)).toEqual(["train succeeded", "gate succeeded", "deploy succeeded"]);
      expect(await opened.read(ref)).toMatchObject({ status: { phase: "Succeeded", progress: "3/3" } });
      const pods = await opened.podNames(ref);
      expect(pods).toHaveLength(2);
      for (const pod of pods) expect(pod).toMatch(new RegExp(`^${ref.name}-work-\\d+$`));
    });

    it(
      "end at a gate that is rejected, and leave out what comes after it",
      { timeout: LONG_MS },
      async () => {
        const ref = await start({
          templates: [
            dag(
              { name: "gate", template: "gate", arguments: ask },
              { name: "deploy", template: "work", dependencies: ["gate"] },
            ),
            gate,
            work("work"),
          ],
        });
        const { detail } = await until(ref, "the gate", (seen) => seen.detail?.gates !== undefined);

        await opened.engine.decideGate?.(ref, detail?.gates?.[0]?.id ?? "", "reject", opened.researcher);

        const ended = await untilEnd(ref);
        expect(ended).toMatchObject({
          state: "failed",
          reason: `gate: rejected by ${opened.researcher.user}`,
        });
        expect(stepsOf(ended)).toEqual(["gate failed", "deploy skipped"]);
        expect(await opened.podNames(ref)).toEqual([]);
      },
    );

    it("fail with the step that failed, in its pod's words", { timeout: LONG_MS }, async () => {
      const ref = await start({
        templates: [
          dag({ name: "a", template: "bad" }, { name: "b", template: "good", depends: "a.Succeeded" }),
          work("bad", "oom"),
          work("good"),
        ],
      });

      const ended = await untilEnd(ref);

      expect(ended).toMatchObject({ state: "failed", reason: "a: main: OOMKilled (exit code 137)" });
      expect(stepsOf(ended)).toEqual(["a failed", "b skipped"]);
    });

    it("try a step again as often as it may, and count that", { timeout: LONG_MS }, async () => {
      const ref = await start({
        templates: [
          dag({ name: "a", template: "bad" }),
          work("bad", "fail", { retryStrategy: { limit: "1" } }),
        ],
      });

      const ended = await untilEnd(ref);

      expect(ended).toMatchObject({ state: "failed", detail: { restarts: 1 } });
      expect(ended.detail?.steps?.[0]).toMatchObject({ state: "failed", reason: "No more retries left" });
    });

    it(
      "run lists of steps group by group, items side by side, and skip by condition",
      { timeout: LONG_MS },
      async () => {
        const ref = await start({
          templates: [
            {
              name: "main",
              steps: [
                [{ name: "each", template: "work", withItems: ["a", "b"] }],
                [
                  { name: "big", template: "work", when: "'{{workflow.parameters.model-size}}' == '72B'" },
                  { name: "last", template: "work" },
                ],
              ],
            },
            work("work"),
          ],
        });

        const ended = await untilEnd(ref);

        expect(ended.state).toBe("succeeded");
        expect(await opened.podNames(ref)).toHaveLength(3);
        const stored = (await opened.read(ref)) as
          | { status?: { nodes?: Record<string, StoredNode> } }
          | undefined;
        const nodes = stored?.status?.nodes ?? {};
        const named = Object.values(nodes).map((node) => `${node.name.slice(ref.name.length)} ${node.phase}`);
        expect(named.toSorted()).toEqual(
          [
            " Succeeded",
            "[0] Succeeded",
            "[0].each(0:a) Succeeded",
            "[0].each(1:b) Succeeded",
            "[1] Succeeded",
            "[1].big Skipped",
            "[1].last Succeeded",
          ].toSorted(),
        );
      },
    );

    it(
      "take what they refer to from a WorkflowTemplate, with their own parameters and their own pauses",
      { timeout: LONG_MS },
      async () => {
        await opened.arrange({
          apiVersion: "argoproj.io/v1alpha1",
          kind: "WorkflowTemplate",
          metadata: { name: "referred", namespace: opened.namespace },
          spec: {
            entrypoint: "main",
            arguments: { parameters: [{ name: "model-size", value: "1.5B" }] },
            templates: [
              dag(
                { name: "gate", template: "gate", arguments: ask },
                { name: "deploy", template: "work", dependencies: ["gate"] },
              ),
              gate,
              work("work"),
            ],
          },
        });
        const ref = await start({ entrypoint: undefined, workflowTemplateRef: { name: "referred" } });

        const waiting = await until(ref, "the gate", ({ detail }) => detail?.gates !== undefined);

        expect(stepsOf(waiting)).toEqual(["gate running", "deploy waiting"]);
        const [asked] = waiting.detail?.gates ?? [];
        expect(asked?.message).toBe("deploy 14B?");
        // Suspending and going on reach what it refers to as well.
        await opened.engine.suspend?.(ref, opened.researcher);
        await opened.engine.decideGate?.(ref, asked?.id ?? "", "approve", opened.researcher);
        await until(ref, "the gate's end", (seen) => seen.detail?.gates === undefined);
        await opened.engine.resume?.(ref, opened.researcher);
        expect((await untilEnd(ref)).state).toBe("succeeded");
      },
    );

    it.each([
      [
        "whose template is missing",
        { workflowTemplateRef: { name: "missing" }, entrypoint: undefined },
        /"missing" not found$/,
      ],
      [
        "that name no template",
        { templates: [work("other")] },
        /^invalid spec: .*template name 'main' undefined$/,
      ],
      [
        "that depend on what is not there",
        { templates: [dag({ name: "a", template: "work", dependencies: ["x"] }), work("work")] },
        /^invalid spec: templates\.main sorting failed: invalid dependency x$/,
      ],
      [
        "that go round in a circle",
        {
          templates: [
            dag(
              { name: "a", template: "work", dependencies: ["b"] },
              { name: "b", template: "work", dependencies: ["a"] },
            ),
            work("work"),
          ],
        },
        /^invalid spec: templates\.main sorting failed: graph with cycle$/,
      ],
      [
        "that leave out an input",
        { templates: [dag({ name: "a", template: "gate" }), gate] },
        /^invalid spec: templates\.main\.tasks\.a templates\.gate inputs\.parameters\.message was not supplied$/,
      ],
    ])("%s fail at once and say so", { timeout: LONG_MS }, async (_title, spec, reason) => {
      const ref = await start(spec);

      const ended = await untilEnd(ref);

      expect(ended.state).toBe("failed");
      expect(ended.reason).toMatch(reason);
      expect(await opened.podNames(ref)).toEqual([]);
    });

    it("are stopped with their exit handler, whose step is shown", { timeout: LONG_MS }, async () => {
      const ref = await start({
        onExit: "after",
        templates: [dag({ name: "a", template: "gate", arguments: ask }), gate, work("after")],
      });
      await until(ref, "the gate", ({ detail }) => detail?.gates !== undefined);

      expect(await opened.engine.cancel(ref, opened.researcher)).toEqual({ kind: "cancelled" });

      const ended = await untilEnd(ref);
      expect(ended).toMatchObject({ state: "failed", reason: "Stopped with strategy 'Stop'" });
      expect(stepsOf(ended)).toEqual(["a cancelled", "onExit succeeded"]);
    });

    it("begin nothing new while they are suspended, and go on", { timeout: LONG_MS }, async () => {
      const ref = await start({
        templates: [
          dag(
            { name: "a", template: "gate", arguments: ask },
            { name: "b", template: "work", dependencies: ["a"] },
          ),
          gate,
          work("work"),
        ],
      });
      const { detail } = await until(ref, "the gate", (seen) => seen.detail?.gates !== undefined);
      const id = detail?.gates?.[0]?.id ?? "";

      await opened.engine.suspend?.(ref, opened.researcher);
      await opened.engine.decideGate?.(ref, id, "approve", opened.researcher);
      const suspended = await until(ref, "the gate's end", (seen) => seen.detail?.gates === undefined);
      expect(suspended.detail).toMatchObject({
        suspended: true,
        steps: [{ state: "succeeded" }, { state: "waiting" }],
      });
      await opened.engine.resume?.(ref, opened.researcher);

      expect((await untilEnd(ref)).state).toBe("succeeded");
    });

    it("decide a gate although the workflow changes at the same time", { timeout: LONG_MS }, async () => {
      const ref = await start({ templates: [dag({ name: "a", template: "gate", arguments: ask }), gate] });
      const { detail } = await until(ref, "the gate", (seen) => seen.detail?.gates !== undefined);
      const id = detail?.gates?.[0]?.id ?? "";

      const decided = await Promise.all([
        opened.engine.decideGate?.(ref, id, "approve", opened.researcher),
        opened.engine.decideGate?.(ref, id, "approve", opened.researcher),
      ]);

      expect(decided).toContainEqual({ kind: "done" });
      expect((await untilEnd(ref)).state).toBe("succeeded");
    });
  });
}
