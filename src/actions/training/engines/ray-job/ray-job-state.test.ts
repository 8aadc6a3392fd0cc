import { describe, expect, it } from "vitest";
import { readDashboardJob, readRayJob, type RayJobStatus } from "./ray-job-state.ts";

const read = (status: RayJobStatus) =>
  readRayJob({
    apiVersion: "ray.io/v1",
    kind: "RayJob",
    metadata: { name: "rlhf-r1", namespace: "llm-training" },
    status,
  });

describe("the state of a RayJob", () => {
  it.each([
    ["", "", "queued"],
    ["Initializing", "", "starting"],
    ["Waiting", "", "starting"],
    ["Running", "", "starting"],
    ["Running", "PENDING", "starting"],
    ["Running", "RUNNING", "running"],
    ["Running", "SUCCEEDED", "running"],
    ["Retrying", "", "starting"],
    ["Suspending", "RUNNING", "queued"],
    ["Suspended", "", "queued"],
    // Complete alone is no success.
    ["Complete", "SUCCEEDED", "succeeded"],
    ["Complete", "", "running"],
    ["Complete", "RUNNING", "running"],
    ["Complete", "FAILED", "failed"],
    ["Complete", "STOPPED", "failed"],
    ["Failed", "FAILED", "failed"],
    ["Failed", "", "failed"],
    ["ValidationFailed", "", "failed"],
    ["SomethingNew", "", "starting"],
  ])("deployment %j and job %j: %s", (jobDeploymentStatus, jobStatus, state) => {
    expect(read({ jobDeploymentStatus, jobStatus }).state).toBe(state);
  });

  it("gives the reason in one line: what happened, and the last word of the log", () => {
    const message =
      "Job entrypoint command failed with exit code 1, last available logs:\nTraceback (most recent call last):\n  x\ntorch.OutOfMemoryError: CUDA out of memory\n";

    expect(read({ jobDeploymentStatus: "Failed", reason: "AppFailed", message }).reason).toBe(
      "AppFailed: Job entrypoint command failed with exit code 1, last available logs: torch.OutOfMemoryError: CUDA out of memory",
    );
    expect(read({ jobDeploymentStatus: "Failed", message: "x".repeat(20_000) }).reason).toHaveLength(500);
    expect(read({ jobDeploymentStatus: "ValidationFailed" }).reason).toBe("failed");
  });

  it("tells how often it began again, and takes the time of the job, not of its cluster", () => {
    const status = {
      jobDeploymentStatus: "Running",
      jobStatus: "RUNNING",
      failed: 2,
      startTime: "2026-11-24T01:00:00Z",
      rayJobInfo: { startTime: "2026-11-24T01:10:00Z" },
    };

    expect(read(status)).toEqual({
      state: "running",
      startedAt: new Date("2026-11-24T01:10:00Z"),
      detail: { restarts: 2 },
    });
  });

  it("tells that it is suspended", () => {
    expect(read({ jobDeploymentStatus: "Suspended" }).detail).toEqual({ suspended: true });
    expect(read({ jobDeploymentStatus: "Suspending" }).detail).toBeUndefined();
  });
});

describe("the state of a job on a standing Ray cluster", () => {
  it.each([
    ["PENDING", "queued"],
    ["RUNNING", "running"],
    ["SUCCEEDED", "succeeded"],
    ["FAILED", "failed"],
    ["STOPPED", "failed"],
  ] as const)("%s: %s", (status, state) => {
    expect(readDashboardJob({ status, metadata: {} }).state).toBe(state);
  });
});
