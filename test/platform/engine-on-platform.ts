import type { Cluster } from "#src/actions/cluster-ports.ts";
import type { PlatformObject, Stage, StageParams } from "#src/actions/ports.ts";
import type { TrainingEngine } from "#src/actions/training/engine-ports.ts";
import type { EngineUnderTest } from "#test/contracts/training-engine-contract.ts";
import type { Steering } from "./kwok/annotations.ts";
import { openPlatform, type Platform } from "./open-platform.ts";
import { PEOPLE } from "./rbac-manifests.ts";
import type { TrainingNamespace } from "./training-namespace.ts";

type BroughtState = Parameters<EngineUnderTest["bring"]>[1];

/** How the pods behave that bring a run there, until its own controller says that it is. */
const STEERING: Readonly<Record<BroughtState, Steering>> = {
  running: { start: "now" },
  succeeded: { start: "now", durationSeconds: 0.1 },
  failed: { start: "now", durationSeconds: 0.1, outcome: "oom" },
};

/** An engine on the real API server and its real controller, in a namespace of its own, for the engines' contract. */
export async function openEngine(options: {
  createEngine: (clusters: ReadonlyMap<string, Cluster>) => TrainingEngine;
  resource: { group: string; version: string; resource: string };
  /** In this namespace. Pods that fail should not be restarted. */
  stage: (namespace: string) => Stage;
  params: StageParams;
  /** Told by the object alone, as its own controller writes it. */
  isIn: (object: PlatformObject & { status?: unknown }, state: BroughtState) => boolean;
  /** What the runs refer to: templates, runtimes, queues. */
  arrange?: (platform: Platform, namespace: TrainingNamespace) => Promise<void>;
}): Promise<EngineUnderTest> {
  const { group, version, resource } = options.resource;
  const platform = await openPlatform();
  const namespace = await platform.openNamespace();
  // Nothing moves before a test brings it on.
  await namespace.steer({ start: "held", durationSeconds: "forever" });
  await options.arrange?.(platform, namespace);
  const stage = options.stage(namespace.name);
  const pathOf = (name: string) =>
    `/apis/${group}/${version}/namespaces/${namespace.name}/${resource}/${name}`;
  return {
    engine: options.createEngine(new Map([[stage.cluster, platform.cluster]])),
    stage,
    params: options.params,
    researcher: PEOPLE.researcher,
    stranger: PEOPLE.stranger,
    bring: (name, state) =>
      namespace.steerUntil(name, STEERING[state], `${name} to be ${state}`, async () =>
        options.isIn((await platform.admin.must(pathOf(name))) as PlatformObject, state),
      ),
    // Real controllers go round by themselves.
    settle() {},
    loseNextAnswer: () => platform.proxy.loseNextAnswer("POST", resource),
    async deleteBehindOurBack(name) {
      await platform.admin.must(pathOf(name), { method: "DELETE" });
    },
    close: () => platform.close(),
  };
}
