import { describe, expect, it } from "vitest";
import { readTrainJob, type TrainJobStatus } from "./train-job-state.ts";

const job = (status: TrainJobStatus) => ({
  apiVersion: "trainer.kubeflow.org/v1alpha1",
  kind: "TrainJob",
  metadata: { name: "sft-r1", namespace: "llm-training" },
  status,
});
const condition = (type: string, status = "True", message = "") => ({
  type,
  status,
  message,
  reason: type,
  lastTransitionTime: "2026-11-24T02:30:00Z",
});
const node = (active: number, ready: number) => [{ name: "node", active, ready, succeeded: 0, failed: 0 }];

describe("the state of a TrainJob", () => {
  it.each([
    ["nothing yet", {}, "queued"],
    ["its job is there", { jobsStatus: node(0, 0) }, "starting"],
    ["its pods still wait: they are active, and not ready", { jobsStatus: node(1, 0) }, "starting"],
    ["its pods are ready", { jobsStatus: node(1, 1) }, "running"],
    ["resumed", { conditions: [condition("Suspended", "False")], jobsStatus: node(1, 1) }, "running"],
    ["complete", { conditions: [condition("Complete")], jobsStatus: node(0, 0) }, "succeeded"],
    ["failed", { conditions: [condition("Failed")], jobsStatus: node(0, 0) }, "failed"],
  ])("%s", (_what, status, state) => {
    expect(readTrainJob(job(status)).state).toBe(state);
  });

  it("tells that it is suspended, whatever its jobs said before", () => {
    const status = {
      conditions: [condition("Suspended", "True", "TrainJob is suspended")],
      jobsStatus: node(1, 1),
    };

    expect(readTrainJob(job(status))).toEqual({
      state: "queued",
      reason: "TrainJob is suspended",
      detail: { suspended: true },
    });
  });

  it("says why it failed and when", () => {
    const conditions = [
      { ...condition("Failed", "True", "TrainJob exceeded its active deadline"), reason: "DeadlineExceeded" },
    ];

    expect(readTrainJob(job({ conditions }))).toEqual({
      state: "failed",
      reason: "DeadlineExceeded: TrainJob exceeded its active deadline",
      endedAt: new Date("2026-11-24T02:30:00Z"),
    });
  });

  it("passes on what the trainer says of its progress", () => {
    const trainerStatus = { progressPercentage: 42, estimatedRemainingSeconds: 3_600 };

    expect(readTrainJob(job({ jobsStatus: node(1, 1), trainerStatus }))).toEqual({
      state: "running",
      progress: 0.42,
      detail: { remainingSeconds: 3_600 },
    });
  });
});
