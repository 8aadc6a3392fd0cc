import type { Identity } from "../../../ports.ts";

/** Which Ray cluster: its name as a RayCluster in that namespace. */
export interface RayPlace {
  cluster: string;
  namespace: string;
  rayCluster: string;
}

/** A job as Ray itself knows it, https://docs.ray.io/en/latest/cluster/running-applications/job-submission/rest.html */
export interface RayDashboardJob {
  status: "PENDING" | "RUNNING" | "STOPPED" | "SUCCEEDED" | "FAILED";
  message?: string;
  metadata: Readonly<Record<string, string>>;
  startedAt?: Date;
  endedAt?: Date;
}

export interface RaySubmission {
  entrypoint: string;
  /** Chosen by whom submits it: a second one with the same id is refused. */
  submissionId: string;
  runtimeEnv?: unknown;
  metadata: Readonly<Record<string, string>>;
  numCpus?: number;
  numGpus?: number;
}

export type RayJobFound =
  | { kind: "found"; job: RayDashboardJob }
  | { kind: "no-job" }
  /** There is no such Ray cluster (any more), or it has no dashboard. */
  | { kind: "no-dashboard"; message: string };

/** The dashboard of a Ray cluster, as that person. Outages are thrown as ClusterUnavailableError, 401 and 403 as ClusterForbiddenError. */
export interface RayDashboard {
  job(place: RayPlace, submissionId: string, as: Identity): Promise<RayJobFound>;
  /** "refused" with Ray's words, also when the id is taken. */
  submit(
    place: RayPlace,
    job: RaySubmission,
    as: Identity,
  ): Promise<{ kind: "submitted" } | { kind: "refused"; message: string }>;
  /** Asks for it; the job's status tells when it has stopped. */
  stop(place: RayPlace, submissionId: string, as: Identity): Promise<void>;
  /** Everything the job's driver has printed; undefined: there is no such job, or no dashboard. */
  log(place: RayPlace, submissionId: string, as: Identity): Promise<readonly string[] | undefined>;
}
