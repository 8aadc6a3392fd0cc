import type { PlatformObject } from "../../../ports.ts";
import type { RunObservation } from "../../engine-ports.ts";
import type { RayDashboardJob } from "./ray-dashboard-port.ts";

/** The part of `status` that is read (KubeRay, ray.io/v1). */
export interface RayJobStatus {
  jobDeploymentStatus?: string;
  /** Of the job within Ray; it can come after the deployment's. */
  jobStatus?: string;
  reason?: string;
  message?: string;
  jobId?: string;
  rayClusterName?: string;
  /** When the cluster was begun, which is long before the job runs. */
  startTime?: string;
  endTime?: string;
  failed?: number;
  rayJobInfo?: { startTime?: string; endTime?: string };
}

const MAX_REASON_LENGTH = 500;

export function rayStatusOf(job: PlatformObject): RayJobStatus {
  return job["status"] ?? {};
}

/** The platform's status in our words. `Complete` alone is no success. */
export function readRayJob(job: PlatformObject): RunObservation {
  const status = rayStatusOf(job);
  const started = at("startedAt", status.rayJobInfo?.startTime);
  const ended = { ...started, ...at("endedAt", status.rayJobInfo?.endTime ?? status.endTime) };
  const failed = status.failed ?? 0;
  const restarts = failed > 0 ? { detail: { restarts: failed } } : {};
  switch (status.jobDeploymentStatus ?? "") {
    case "":
      return { state: "queued" };
    case "Initializing":
      return { state: "starting", ...restarts };
    case "Waiting":
      return { state: "starting", reason: "waits for its job to be submitted" };
    case "Retrying":
      return { state: "starting", reason: reasonOf(status, "starts again"), ...restarts };
    case "Running": {
      const hasStarted = !["", "PENDING"].includes(status.jobStatus ?? "");
      return { state: hasStarted ? "running" : "starting", ...started, ...restarts };
    }
    case "Suspending":
      return { state: "queued", reason: "is being suspended" };
    case "Suspended":
      return { state: "queued", reason: "suspended", detail: { suspended: true } };
    case "Complete":
      if (status.jobStatus === "SUCCEEDED") return { state: "succeeded", progress: 1, ...ended, ...restarts };
      if (status.jobStatus === "STOPPED")
        return { state: "failed", reason: reasonOf(status, "stopped"), ...ended };
      if (status.jobStatus === "FAILED")
        return { state: "failed", reason: reasonOf(status, "failed"), ...ended };
      // The job's own status lags behind; the next look tells how it ended.
      return { state: "running", ...started };
    case "Failed":
    case "ValidationFailed":
      return { state: "failed", reason: reasonOf(status, "failed"), ...ended };
    default:
      return { state: "starting", reason: `unknown state ${status.jobDeploymentStatus}` };
  }
}

/** A job of the dashboard in our words. */
export function readDashboardJob(job: RayDashboardJob): RunObservation {
  const { startedAt, endedAt } = job;
  const started = startedAt === undefined ? {} : { startedAt };
  const ended = { ...started, ...(endedAt !== undefined && { endedAt }) };
  const reason = oneLine(job.message ?? "");
  switch (job.status) {
    case "PENDING":
      return { state: "queued", ...(reason !== "" && { reason }) };
    case "RUNNING":
      return { state: "running", ...started };
    case "SUCCEEDED":
      return { state: "succeeded", progress: 1, ...ended };
    case "STOPPED":
      return { state: "failed", reason: reason || "stopped", ...ended };
    case "FAILED":
      return { state: "failed", reason: reason || "failed", ...ended };
    default:
      return job.status satisfies never;
  }
}

function reasonOf({ reason, message }: RayJobStatus, fallback: string): string {
  return oneLine([reason, message].filter(Boolean).join(": ")) || fallback;
}

/** Ray's messages carry the end of the log: its first line says what, its last one why. */
function oneLine(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const [first = ""] = lines;
  const last = lines.at(-1) ?? "";
  const joined = lines.length > 1 ? `${first} ${last}` : first;
  return joined.length > MAX_REASON_LENGTH ? `${joined.slice(0, MAX_REASON_LENGTH - 1)}…` : joined;
}

function at(field: "startedAt" | "endedAt", time: string | undefined): { startedAt?: Date; endedAt?: Date } {
  return time === undefined ? {} : { [field]: new Date(time) };
}
