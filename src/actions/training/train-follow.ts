import { z } from "zod";
import { defineChange, type PlanDeps } from "../define-action.ts";
import type { EngineKind, FieldProblem, PlatformObject } from "../ports.ts";
import type { AdoptedRun, TrainingEngine } from "./engine-ports.ts";

const input = z.object({
  /** "pytorchjob/NAME", "workflow/NAME" … */
  target: z.string(),
  /** Empty: wherever the catalogue's stages of that engine run. */
  namespace: z.string(),
});

interface Adoption {
  engine: EngineKind;
  cluster: string;
  uid: string;
  gpus: number;
}

/** Follows a run that was started elsewhere; nothing on its platform is changed. */
export const trainFollow = defineChange<z.infer<typeof input>>({
  name: "train-follow",
  summary: "Follow a run that was started elsewhere",
  input,
  risk: "change",
  examples: [
    {
      command: "/train follow pytorchjob/llama-test",
      input: { target: "pytorchjob/llama-test", namespace: "" },
    },
  ],

  async plan({ target, namespace }, deps) {
    const [kindWord = "", name = ""] = target.toLowerCase().split("/");
    const engine = [...deps.engines.values()].find((candidate) => isNamed(candidate, kindWord));
    if (engine?.adopt === undefined || name === "")
      return { ok: false, failure: [unknownKind(target, deps)] };
    const found = await find(engine, name, namespace, deps);
    if (found === undefined)
      return { ok: false, failure: [{ field: "run", code: "unknown-object", given: target.slice(0, 80) }] };
    const { ref, gpus } = found;
    const followed = await deps.store
      .selectFrom("runs")
      .select("id")
      .where("cluster", "=", ref.cluster)
      .where("namespace", "=", ref.namespace)
      .where("name", "=", ref.name)
      .executeTakeFirst();
    if (followed !== undefined)
      return { ok: false, failure: [{ field: "run", code: "already-followed", given: ref.name }] };
    const adoption: Adoption = { engine: engine.kind, cluster: ref.cluster, uid: ref.uid ?? "", gpus };
    return {
      ok: true,
      value: {
        object: objectOf(ref.name, ref.namespace, adoption),
        subject: { action: "train-follow", namespace: ref.namespace, cluster: ref.cluster },
        preview: {
          title: ref.name,
          cluster: ref.cluster,
          simulated: deps.clusters.get(ref.cluster)?.simulated ?? false,
          namespace: ref.namespace,
          gpus,
          hours: 0,
          hoursFrom: { kind: "catalogue" },
          gpuHours: 0,
          changes: [],
          dryRun: { kind: "accepted", warnings: [] },
          allowed: { kind: "unknown" },
        },
      },
    };
  },

  async run(_input, object, deps) {
    const { engine, cluster, uid, gpus } = object["spec"] as Adoption;
    const { name, namespace } = object.metadata;
    const taken = await deps.store
      .selectFrom("runs")
      .select("id")
      .where("cluster", "=", cluster)
      .where("namespace", "=", namespace)
      .where("name", "=", name)
      .where("id", "!=", deps.requestId)
      .executeTakeFirst();
    if (taken !== undefined)
      return { kind: "refused", failure: { kind: "name-taken", message: `${namespace}/${name}` } };
    return {
      kind: "run-started",
      ref: { cluster, namespace, name, uid },
      engine,
      stage: engine,
      title: name,
      gpus,
    };
  },
});

/** In the places where the catalogue runs stages, the named namespace alone if there is one. */
async function find(
  engine: TrainingEngine,
  name: string,
  namespace: string,
  deps: PlanDeps,
): Promise<AdoptedRun | undefined> {
  const places = new Map(
    deps.stages
      .map((stage) => ({ cluster: stage.cluster, namespace: namespace === "" ? stage.namespace : namespace }))
      .map((place) => [`${place.cluster}/${place.namespace}`, place]),
  );
  for (const place of places.values()) {
    if (!deps.may({ action: "train-follow", ...place })) continue;
    const found = await engine.adopt?.({ ...place, name }, deps.person.identity);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** "pytorchjob", "pytorchjobs" and "pytorch-job" all name the engine. */
function isNamed(engine: TrainingEngine, word: string): boolean {
  const plurals = engine.watched.map(({ resource }) => resource);
  return word === engine.kind || plurals.includes(word) || plurals.includes(`${word}s`);
}

function unknownKind(given: string, deps: PlanDeps): FieldProblem {
  const kinds = [...deps.engines.values()].flatMap((engine) =>
    engine.adopt === undefined
      ? []
      : engine.watched.slice(0, 1).map(({ resource }) => resource.replace(/s$/, "")),
  );
  return {
    field: "run",
    code: "not-a-choice",
    given: given.slice(0, 80),
    allowed: kinds.map((kind) => `${kind}/NAME`).join(", "),
  };
}

function objectOf(name: string, namespace: string, adoption: Adoption): PlatformObject {
  return { apiVersion: "jibsa.dev/v1", kind: "Adoption", metadata: { name, namespace }, spec: adoption };
}
