import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { ClusterForbiddenError, ClusterUnavailableError } from "../../../cluster-ports.ts";
import type { Identity, PlatformObject, Result } from "../../../ports.ts";
import type {
  CancelOutcome,
  LogLine,
  LogOptions,
  RunObservation,
  RunRef,
  SubmitFailure,
} from "../../engine-ports.ts";
import { REQUEST_ID_LABEL } from "../../object-labels.ts";
import type { RayDashboard, RayPlace, RaySubmission } from "./ray-dashboard-port.ts";
import { readDashboardJob } from "./ray-job-state.ts";
import { selectedCluster, specOf } from "./ray-job-objects.ts";
import { withWhatIsPrinted } from "./what-is-printed.ts";

/** The uid of such a run says where it is; Ray has none. */
const UID_PREFIX = "ray-dashboard:";
const STOP_LOOKS = 20;
const STOP_LOOK_MS = 500;
const DEFAULT_LINES = 100;

export const isDirectRef = (ref: RunRef): boolean => ref.uid?.startsWith(UID_PREFIX) === true;

/** Jobs that are handed to a standing RayCluster over its dashboard. The submission id is the run's name, so a repetition finds it. */
export function createDirectRuns(dashboard: RayDashboard) {
  const placeOf = (ref: RunRef): RayPlace => ({
    cluster: ref.cluster,
    namespace: ref.namespace,
    rayCluster: ref.uid?.slice(UID_PREFIX.length) ?? "",
  });

  /** With a refusal of the person as a value. */
  async function submit(
    object: PlatformObject,
    cluster: string,
    as: Identity,
    options: { dryRun: boolean },
  ): Promise<Result<RunRef, SubmitFailure>> {
    try {
      return await submitOnce(object, cluster, as, options);
    } catch (error) {
      if (error instanceof ClusterForbiddenError) return refusal("forbidden", error.message);
      throw error;
    }
  }

  async function submitOnce(
    object: PlatformObject,
    cluster: string,
    as: Identity,
    options: { dryRun: boolean },
  ): Promise<Result<RunRef, SubmitFailure>> {
    const submission = submissionOf(object);
    if (!submission.ok) return submission;
    const { name, namespace } = object.metadata;
    const rayCluster = selectedCluster(object) ?? "";
    const place = { cluster, namespace, rayCluster };
    const ref = { cluster, namespace, name, uid: UID_PREFIX + rayCluster };
    const requestId = object.metadata.labels?.[REQUEST_ID_LABEL] ?? "";
    /** What became of it before; undefined: it can be submitted. */
    const before = async (): Promise<Result<RunRef, SubmitFailure> | undefined> => {
      const found = await dashboard.job(place, name, as);
      if (found.kind === "no-job") return undefined;
      if (found.kind === "no-dashboard") return refusal("not-installed", found.message);
      return found.job.metadata[REQUEST_ID_LABEL] === requestId
        ? { ok: true, value: ref }
        : refusal("name-taken", `${namespace}/${rayCluster}: ${name} belongs to somebody else`);
    };
    const known = await before();
    if (known !== undefined) return known;
    if (options.dryRun) return { ok: true, value: ref };
    const submitted = await dashboard.submit(place, submission.value, as);
    if (submitted.kind === "submitted") return { ok: true, value: ref };
    // Another process may have been faster.
    return (await before()) ?? invalid(submitted.message);
  }

  async function observe(ref: RunRef, as: Identity): Promise<RunObservation> {
    const place = placeOf(ref);
    const found = await dashboard.job(place, ref.name, as);
    if (found.kind !== "found")
      return {
        state: "lost",
        reason: found.kind === "no-job" ? "deleted outside of Jibsa" : found.message,
        deletedElsewhere: true,
      };
    const observation = { ...readDashboardJob(found.job), ...(ref.uid !== undefined && { uid: ref.uid }) };
    if (observation.state === "queued") return observation;
    return withWhatIsPrinted(
      observation,
      async (lines) => (await dashboard.log(place, ref.name, as))?.slice(-lines) ?? [],
    );
  }

  async function stop(ref: RunRef, as: Identity): Promise<CancelOutcome> {
    const place = placeOf(ref);
    for (let look = 0; look < STOP_LOOKS; look += 1) {
      const found = await dashboard.job(place, ref.name, as);
      if (found.kind !== "found") return { kind: "not-found" };
      const { job } = found;
      if (job.status !== "PENDING" && job.status !== "RUNNING")
        return look > 0 && job.status === "STOPPED"
          ? { kind: "cancelled" }
          : { kind: "already-ended", state: readDashboardJob(job).state };
      if (look === 0) await dashboard.stop(place, ref.name, as);
      await sleep(STOP_LOOK_MS);
    }
    throw new ClusterUnavailableError(ref.cluster, `Ray has not stopped ${ref.name} yet`);
  }

  return {
    submit,
    observe,
    async cancel(ref: RunRef, as: Identity): Promise<CancelOutcome> {
      try {
        return await stop(ref, as);
      } catch (error) {
        if (error instanceof ClusterForbiddenError) return { kind: "forbidden", message: error.message };
        throw error;
      }
    },
    async *logs(ref: RunRef, as: Identity, options: LogOptions): AsyncIterable<LogLine> {
      const lines = (await dashboard.log(placeOf(ref), ref.name, as)) ?? [];
      for (const text of lines.slice(-(options.tailLines ?? DEFAULT_LINES))) yield { pod: ref.name, text };
    },
  };
}

const refusal = (
  kind: "name-taken" | "not-installed" | "forbidden",
  message: string,
): { ok: false; failure: SubmitFailure } => ({ ok: false, failure: { kind, message } });

const invalid = (message: string, path?: string): Result<never, SubmitFailure> => ({
  ok: false,
  failure: { kind: "invalid", message, fields: path === undefined ? [] : [{ path, message }] },
});

function submissionOf(object: PlatformObject): Result<RaySubmission, SubmitFailure> {
  const { entrypoint, runtimeEnvYAML, entrypointNumCpus, entrypointNumGpus, metadata } = specOf(object);
  if (selectedCluster(object) === undefined)
    return invalid("names no standing cluster", "spec.clusterSelector");
  if (entrypoint === undefined || entrypoint === "") return invalid("is required", "spec.entrypoint");
  let runtimeEnv: unknown;
  try {
    runtimeEnv = runtimeEnvYAML === undefined ? undefined : parse(runtimeEnvYAML);
  } catch (error) {
    return invalid(error instanceof Error ? error.message : String(error), "spec.runtimeEnvYAML");
  }
  return {
    ok: true,
    value: {
      entrypoint,
      submissionId: object.metadata.name,
      metadata: { ...metadata, ...object.metadata.labels },
      ...(runtimeEnv !== undefined && runtimeEnv !== null && { runtimeEnv }),
      ...(entrypointNumCpus !== undefined && { numCpus: entrypointNumCpus }),
      ...(entrypointNumGpus !== undefined && { numGpus: entrypointNumGpus }),
    },
  };
}
