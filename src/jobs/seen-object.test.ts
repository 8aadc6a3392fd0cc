import { describe, expect, it } from "vitest";
import type { PlatformObject } from "../actions/ports.ts";
import { readPyTorchJob } from "../actions/training/engines/pytorch-job/pytorch-job-state.ts";
import { isNews, seeObject } from "./seen-object.ts";

const engine = { read: readPyTorchJob };
const jobThat = (type: string, metadata: Record<string, unknown> = {}): PlatformObject => ({
  apiVersion: "kubeflow.org/v1",
  kind: "PyTorchJob",
  metadata: {
    name: "sft-r1",
    namespace: "llm-training",
    uid: "u1",
    ...metadata,
  } as PlatformObject["metadata"],
  status: { conditions: [{ type, status: "True" }] },
});
const first = (type: string) => {
  const seen = seeObject(engine, jobThat(type), undefined);
  if (seen === undefined) throw new Error("an object that was never seen is always seen");
  return seen;
};
const row = { uid: "u1", state: "running" as const, observed_at: new Date(0) };

describe("an object of a watch", () => {
  it("tells nothing where what a run shows is the same, whatever else has changed", () => {
    const { digest } = first("Running");

    expect(seeObject(engine, jobThat("Running", { resourceVersion: "2", labels: { a: "b" } }), digest)).toBe(
      undefined,
    );
    expect(seeObject(engine, jobThat("Running", { uid: "u2" }), digest)?.digest).not.toBe(digest);
    expect(seeObject(engine, jobThat("Failed"), digest)).toMatchObject({
      isFirst: false,
      state: "failed",
    });
  });

  it("that nobody can read tells of each of its versions", () => {
    const { digest = "" } = seeObject({}, jobThat("Running", { resourceVersion: "1" }), undefined) ?? {};

    expect(seeObject({}, jobThat("Running", { resourceVersion: "1" }), digest)).toBe(undefined);
    expect(seeObject({}, jobThat("Running", { resourceVersion: "2" }), digest)).toMatchObject({
      isFirst: false,
    });
  });

  it("that is seen first is news only where its run's row says otherwise", () => {
    expect(isNews(row, first("Running"))).toBe(false);
    expect(isNews({ ...row, observed_at: null }, first("Running"))).toBe(true);
    expect(isNews({ ...row, uid: "another" }, first("Running"))).toBe(true);
    expect(isNews({ ...row, state: "queued" }, first("Running"))).toBe(true);
    expect(isNews(row, first("Suspended"))).toBe(true);
    expect(isNews({ ...row, state: "queued" }, first("Suspended"))).toBe(false);
    for (const type of ["Succeeded", "Failed"]) expect(isNews(row, first(type))).toBe(true);
  });

  it("that has changed or gone is news whatever the row says", () => {
    expect(isNews(row, { ...first("Running"), isFirst: false })).toBe(true);
    const gone = seeObject(engine, undefined, "before");
    expect(gone).toBeDefined();
    if (gone !== undefined) expect(isNews(row, gone)).toBe(true);
  });
});
