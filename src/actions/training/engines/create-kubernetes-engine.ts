import { ClusterForbiddenError, type Cluster, type ObjectRef } from "../../cluster-ports.ts";
import type { EngineKind, Identity, PlatformObject, Result } from "../../ports.ts";
import type {
  CancelOutcome,
  ControlOutcome,
  LogLine,
  LogOptions,
  RunObservation,
  RunRef,
  SubmitFailure,
  TrainingEngine,
} from "../engine-ports.ts";
import { isMadeFor, REQUEST_ID_LABEL } from "../object-labels.ts";
import { suspendInQueue } from "./suspend-in-queue.ts";
import { waitingReason } from "./pods-of-run.ts";
import { renderObject } from "./render-object.ts";
import { controlled } from "./control-outcome.ts";
import { footprintOf, type PodTemplates } from "./pod-templates.ts";

/** A run and through whom it is looked at. */
export interface RunView {
  cluster: Cluster;
  ref: RunRef;
  as: Identity;
}

/** What is particular to one kind of object in a cluster; everything else is the same for all. */
export interface KubernetesEngineDefinition {
  kind: EngineKind;
  resource: { group: string; version: string; resource: string };
  objectKind: string;
  /** The longest name that the platform takes, in characters. */
  maxNameLength: number;
  /** The parts of the object that become pods, by reference: they get the run's labels, and their GPUs are counted. */
  podTemplates: PodTemplates;
  /** GPUs where the pod templates do not tell them; pure. Absent: counted from the templates. */
  footprint?(object: PlatformObject): { gpus: number; gpuType?: string };
  /** The object in the words of that cluster's version of the platform, right before it is sent. */
  adapt?(object: PlatformObject, cluster: Cluster, as: Identity): Promise<PlatformObject>;
  /** `status` in our words; pure. */
  read(object: PlatformObject): RunObservation;
  /** What the object alone does not tell: progress in the logs, trials, the reason of waiting. */
  enrich?(observation: RunObservation, object: PlatformObject, view: RunView): Promise<RunObservation>;
  /** The run's pods, the one whose log counts first. */
  podsOf(view: RunView): Promise<readonly PlatformObject[]>;
  /** The container of such a pod that trains. */
  container: string;
  /** The merge patch that suspends or resumes; a text: why it is not possible; absent: the kind has no such thing. */
  suspension?(object: PlatformObject, suspend: boolean): Readonly<Record<string, unknown>> | string;
  /** Ends a run otherwise than by deleting its object. */
  cancel?(object: PlatformObject, view: RunView): Promise<CancelOutcome>;
  /** More than the pods' logs. */
  logs?(view: RunView, options: LogOptions): AsyncIterable<LogLine>;
  extra?: Pick<TrainingEngine, "decideGate" | "retry" | "retriesOn" | "schedules">;
}

const ENDED = ["succeeded", "failed", "cancelled", "lost"];

/** An engine whose runs are objects of one kind, created, watched and ended through the cluster's API as the person. */
export function createKubernetesEngine(
  clusters: ReadonlyMap<string, Cluster>,
  definition: KubernetesEngineDefinition,
): TrainingEngine {
  const { resource } = definition;
  const clusterOf = (name: string): Cluster => {
    const cluster = clusters.get(name);
    if (cluster === undefined) throw new Error(`cluster ${name} is not configured`);
    return cluster;
  };
  const viewOf = (ref: RunRef, as: Identity): RunView => ({ cluster: clusterOf(ref.cluster), ref, as });
  const refOf = (ref: RunRef): ObjectRef => ({ ...resource, namespace: ref.namespace, name: ref.name });

  const adapted = async (object: PlatformObject, cluster: Cluster, as: Identity): Promise<PlatformObject> =>
    definition.adapt === undefined ? object : definition.adapt(object, cluster, as);

  /** The run's own object; a namesake with another uid is not it. */
  async function find({ cluster, ref, as }: RunView): Promise<PlatformObject | undefined> {
    const object = await cluster.get(refOf(ref), as);
    if (object === undefined || (ref.uid !== undefined && uidOf(object) !== ref.uid)) return undefined;
    return object;
  }

  async function findForChange(
    view: RunView,
  ): Promise<PlatformObject | Extract<CancelOutcome & ControlOutcome, { kind: string }>> {
    let object: PlatformObject | undefined;
    try {
      object = await find(view);
    } catch (error) {
      if (error instanceof ClusterForbiddenError) return { kind: "forbidden", message: error.message };
      throw error;
    }
    if (object === undefined) return { kind: "not-found" };
    const { state } = definition.read(object);
    return ENDED.includes(state) ? { kind: "already-ended", state } : object;
  }

  async function setSuspended(ref: RunRef, as: Identity, suspend: boolean): Promise<ControlOutcome> {
    const view = viewOf(ref, as);
    const object = await findForChange(view);
    if (!isObject(object)) return object;
    const patch = definition.suspension?.(object, suspend);
    if (patch === undefined || typeof patch === "string")
      return { kind: "not-possible", message: patch ?? "" };
    const queued = await suspendInQueue(view.cluster, object, suspend, as);
    if (queued !== undefined) return queued;
    if (definition.read(object).detail?.suspended === suspend) return { kind: "unchanged" };
    return controlled(await view.cluster.patch(refOf(ref), patch, as));
  }

  return {
    kind: definition.kind,
    watched: [resource],
    render: (stage, params, origin) => renderObject(definition, stage, params, origin),
    footprint: (object) => definition.footprint?.(object) ?? footprintOf(object, definition.podTemplates),
    async check(object, clusterName, as) {
      const cluster = clusterOf(clusterName);
      const checked = await cluster.create(await adapted(object, cluster, as), as, { dryRun: true });
      if (checked.ok) return { ok: true, value: { warnings: [] } };
      return checked.failure.kind === "exists"
        ? { ok: true, value: { warnings: ["it exists already"] } }
        : { ok: false, failure: checked.failure };
    },
    async submit(object, clusterName, as): Promise<Result<RunRef, SubmitFailure>> {
      const cluster = clusterOf(clusterName);
      const { name, namespace } = object.metadata;
      const toRef = (made: PlatformObject): RunRef => {
        const uid = uidOf(made);
        return { cluster: clusterName, namespace, name, ...(uid !== undefined && { uid }) };
      };
      const created = await cluster.create(await adapted(object, cluster, as), as);
      if (created.ok) return { ok: true, value: toRef(created.value) };
      if (created.failure.kind !== "exists") return { ok: false, failure: created.failure };
      const existing = await cluster.get({ ...resource, namespace, name }, as);
      if (existing !== undefined && isMadeFor(existing, object.metadata.labels?.[REQUEST_ID_LABEL] ?? ""))
        return { ok: true, value: toRef(existing) };
      return {
        ok: false,
        failure: { kind: "name-taken", message: `${namespace}/${name} belongs to somebody else` },
      };
    },
    async observe(ref, as): Promise<RunObservation> {
      const view = viewOf(ref, as);
      const object = await find(view);
      if (object === undefined)
        return { state: "lost", reason: "deleted outside of Jibsa", deletedElsewhere: true };
      const uid = uidOf(object);
      const read = definition.read(object);
      const observation = { ...read, ...(uid !== undefined && { uid }) };
      if (definition.enrich !== undefined) return definition.enrich(observation, object, view);
      if (observation.state !== "queued" || observation.detail?.suspended === true) return observation;
      return { ...observation, ...waitingReason(await definition.podsOf(view)) };
    },
    read: (object) => definition.read(object),
    async cancel(ref, as): Promise<CancelOutcome> {
      const view = viewOf(ref, as);
      const object = await findForChange(view);
      if (!isObject(object)) return object;
      if (definition.cancel !== undefined) return definition.cancel(object, view);
      const deleted = await view.cluster.delete(
        { ...refOf(ref), ...(ref.uid !== undefined && { uid: ref.uid }) },
        as,
      );
      // Accepted is not done: foreground deletion may still be waiting for pods. The observer tells when it is gone.
      return deleted.ok ? { kind: "cancelled" } : deleted.failure;
    },
    ...(definition.suspension !== undefined && {
      suspend: (ref: RunRef, as: Identity) => setSuspended(ref, as, true),
      resume: (ref: RunRef, as: Identity) => setSuspended(ref, as, false),
    }),
    ...definition.extra,
    async adopt(ref, as) {
      const object = await find(viewOf(ref, as));
      if (object === undefined) return undefined;
      const uid = uidOf(object);
      return {
        ref: { ...ref, ...(uid !== undefined && { uid }) },
        gpus: footprintOf(object, definition.podTemplates).gpus,
      };
    },
    async remove(ref, as) {
      const view = viewOf(ref, as);
      const object = await find(view);
      if (object === undefined) return { kind: "unchanged" };
      if (!ENDED.includes(definition.read(object).state))
        return { kind: "not-possible", message: "it has not ended" };
      const uid = uidOf(object);
      const deleted = await view.cluster.delete({ ...refOf(ref), ...(uid !== undefined && { uid }) }, as);
      return deleted.ok ? { kind: "done" } : deleted.failure;
    },
    async *logs(ref, as, options): AsyncIterable<LogLine> {
      const view = viewOf(ref, as);
      if (definition.logs !== undefined) {
        yield* definition.logs(view, options);
        return;
      }
      for (const pod of await definition.podsOf(view)) {
        const { name } = pod.metadata;
        const target = { namespace: ref.namespace, pod: name, container: definition.container };
        for await (const text of view.cluster.logs(target, as, options)) yield { pod: name, text };
      }
    },
  };
}

function uidOf(object: PlatformObject): string | undefined {
  return (object.metadata as { uid?: string }).uid;
}

function isObject(found: PlatformObject | { kind: string }): found is PlatformObject {
  return "metadata" in found;
}
