import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PlatformObject } from "#src/actions/ports.ts";
import { researcher, startSimulated } from "#test/servers/simulated-cluster.ts";

interface StoredWorkflow extends PlatformObject {
  status?: {
    phase?: string;
    message?: string;
    nodes?: Record<string, { name: string; phase: string; message?: string; outputs?: object }>;
  };
}

const WORKFLOWS = {
  group: "argoproj.io",
  version: "v1alpha1",
  resource: "workflows",
  namespace: "llm-training",
};
const PODS = { group: "", version: "v1", resource: "pods", namespace: "llm-training" };
const administrator = { user: "admin", groups: ["jibsa:operators"] };

let opened: Awaited<ReturnType<typeof startSimulated>>;
beforeEach(async () => {
  opened = await startSimulated();
});
afterEach(() => opened.close());

const work = (name: string, more: object = {}) => ({
  name,
  metadata: { annotations: { "simulation.jibsa.dev/duration-seconds": "10" } },
  container: { image: "unsloth-korean", command: ["work"] },
  ...more,
});
const main = (...tasks: object[]) => ({ name: "main", dag: { tasks } });

async function start(spec: object, kind = "Workflow"): Promise<void> {
  const made = await opened.cluster.create(
    {
      apiVersion: "argoproj.io/v1alpha1",
      kind,
      metadata: { name: "wf", namespace: "llm-training" },
      spec: { entrypoint: "main", ...spec },
    },
    administrator,
  );
  if (!made.ok) throw new Error(JSON.stringify(made.failure));
}
const read = (): Promise<StoredWorkflow | undefined> =>
  opened.cluster.get({ ...WORKFLOWS, name: "wf" }, researcher);
const pods = () =>
  opened.cluster.list(PODS, researcher, { labelSelector: "workflows.argoproj.io/workflow=wf" });
async function nodes(): Promise<Record<string, string>> {
  const found = Object.values((await read())?.status?.nodes ?? {});
  return Object.fromEntries(found.map(({ name, phase }) => [name.slice("wf".length), phase]));
}
/** A pod starts two seconds after it is placed; one step after the other. */
function pass(seconds: number): void {
  for (let second = 0; second < seconds; second += 1) opened.clock.advance(1_000);
}

describe("the simulated workflow controller", () => {
  it("hands what a step reports to those after it, and makes their condition of it", async () => {
    await start({
      templates: [
        main(
          { name: "evaluate", template: "evaluate" },
          {
            name: "good",
            template: "use",
            depends: "evaluate",
            when: "{{tasks.evaluate.outputs.parameters.accuracy}} >= 0.85",
            arguments: {
              parameters: [{ name: "from", value: "{{tasks.evaluate.outputs.parameters.accuracy}}" }],
            },
          },
          {
            name: "bad",
            template: "use",
            depends: "evaluate",
            when: "{{tasks.evaluate.outputs.parameters.accuracy}} < 0.85",
            arguments: { parameters: [{ name: "from", value: "x" }] },
          },
        ),
        work("evaluate", {
          metadata: {
            annotations: {
              "simulation.jibsa.dev/duration-seconds": "10",
              "simulation.jibsa.dev/outputs": '{"accuracy": 0.9}',
            },
          },
          outputs: { parameters: [{ name: "accuracy", valueFrom: { path: "/tmp/accuracy" } }] },
        }),
        {
          ...work("use"),
          inputs: { parameters: [{ name: "from" }] },
          container: { image: "unsloth-korean", command: ["use"], args: ["{{inputs.parameters.from}}"] },
        },
      ],
    });

    pass(15);

    expect(await nodes()).toMatchObject({ ".evaluate": "Succeeded", ".bad": "Skipped" });
    const user = (await pods()).find(({ metadata }) => metadata.name.startsWith("wf-use-"));
    expect(JSON.stringify(user?.["spec"])).toContain('"args":["0.9"]');
    pass(15);
    expect((await read())?.status?.phase).toBe("Succeeded");
  });

  it("takes the way for a failure, and is as good as that", async () => {
    await start({
      templates: [
        main(
          { name: "a", template: "bad" },
          { name: "b", template: "good", depends: "a.Succeeded" },
          { name: "c", template: "good", depends: "a.Failed" },
        ),
        work("bad", {
          metadata: {
            annotations: {
              "simulation.jibsa.dev/duration-seconds": "10",
              "simulation.jibsa.dev/outcome": "fail",
            },
          },
        }),
        work("good"),
      ],
    });

    pass(40);

    expect(await nodes()).toMatchObject({ ".a": "Failed", ".b": "Omitted", ".c": "Succeeded" });
    // What was left out counts as what was before it.
    expect((await read())?.status?.phase).toBe("Failed");
  });

  it("succeeds with a later try, and tells the pod which one it is", async () => {
    await start({
      templates: [
        main({ name: "a", template: "flaky" }),
        work("flaky", {
          retryStrategy: { limit: 2 },
          metadata: {
            annotations: {
              "simulation.jibsa.dev/duration-seconds": "10",
              "simulation.jibsa.dev/outcome": "flaky",
            },
          },
        }),
      ],
    });

    pass(40);

    expect(await nodes()).toMatchObject({ ".a": "Succeeded", ".a(0)": "Failed", ".a(1)": "Succeeded" });
  });

  it("ends a gate by itself when its time is over", async () => {
    await start({
      templates: [main({ name: "a", template: "pause" }), { name: "pause", suspend: { duration: "30s" } }],
    });

    pass(20);
    expect(await nodes()).toMatchObject({ ".a": "Running" });
    pass(15);

    expect((await read())?.status?.phase).toBe("Succeeded");
  });

  it("runs no more pods at once than it may", async () => {
    await start({
      parallelism: 2,
      templates: [main({ name: "each", template: "work", withSequence: { count: 5 } }), work("work")],
    });

    expect(await pods()).toHaveLength(2);
    pass(60);

    expect(await pods()).toHaveLength(5);
    expect((await read())?.status?.phase).toBe("Succeeded");
  });

  it("ends everything at once when it is terminated, its exit handler too", async () => {
    await start({ onExit: "work", templates: [main({ name: "a", template: "work" }), work("work")] });
    pass(5);

    await opened.cluster.patch({ ...WORKFLOWS, name: "wf" }, { spec: { shutdown: "Terminate" } }, researcher);
    pass(2);

    expect((await read())?.status).toMatchObject({
      phase: "Failed",
      message: "Stopped with strategy 'Terminate'",
    });
    expect(Object.keys(await nodes())).toEqual(["", ".a"]);
    const [pod] = await pods();
    expect(pod?.["status"]).toMatchObject({ phase: "Failed" });
    expect(JSON.stringify(pod?.["status"])).toContain('"exitCode":143');
  });

  it("goes when its time after the end is over, with its pods", async () => {
    await start({
      ttlStrategy: { secondsAfterSuccess: 60 },
      templates: [main({ name: "a", template: "work" }), work("work")],
    });

    pass(20);
    expect((await read())?.status?.phase).toBe("Succeeded");
    pass(70);

    expect(await read()).toBeUndefined();
    expect(await pods()).toEqual([]);
  });

  it("calls a pod that was deleted behind its back an error", async () => {
    await start({ templates: [main({ name: "a", template: "work" }), work("work")] });
    pass(5);
    const [pod] = await pods();

    await opened.cluster.delete({ ...PODS, name: pod?.metadata.name ?? "" }, administrator);
    pass(5);

    expect((await read())?.status).toMatchObject({ phase: "Error" });
    const [, node] = Object.entries((await read())?.status?.nodes ?? {})[1] ?? [];
    expect(node).toMatchObject({ phase: "Error", message: "pod deleted" });
  });

  it.each([
    ["a type that Argo's schema does not know", { templates: "none" }],
    ["a task without a name", { templates: [{ name: "main", dag: { tasks: [{ template: "a" }] } }] }],
    ["a way of stopping that is none", { shutdown: "Now" }],
  ])("takes no %s", async (_title, spec) => {
    await expect(start(spec)).rejects.toThrow("invalid");
  });

  it.each([
    [
      "a template that calls itself",
      [main({ name: "a", template: "main" })],
      "Maximum recursion depth exceeded",
    ],
    [
      "a reference to nothing",
      [main({ name: "a", template: "work", when: "{{tasks.b.outputs.result}} == 1" }), work("work")],
      "failed to resolve {{tasks.b.outputs.result}}",
    ],
    [
      "a condition that is none",
      [main({ name: "a", template: "work", when: "1 ==" }), work("work")],
      "Unable to evaluate '1 ==': it ends too early",
    ],
  ])("makes an error of %s", async (_title, templates, message) => {
    await start({ templates });
    pass(2);

    const found = Object.values((await read())?.status?.nodes ?? {});
    expect((await read())?.status?.phase).toMatch(/Failed|Error/);
    expect(found.map((node) => node.message)).toContain(message);
  });
});
