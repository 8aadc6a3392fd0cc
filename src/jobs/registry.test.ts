import { expect, it } from "vitest";
import { isJobName, jobNames, jobs } from "./registry.ts";

it("lists each job under its own name, with a name that BullMQ takes as part of an id", () => {
  for (const name of jobNames) {
    expect(jobs[name].name).toBe(name);
    expect(name).not.toContain(":");
  }
});

it("does not take a word of the language for a job", () => {
  expect(isJobName("constructor")).toBe(false);
  expect(isJobName("sweep")).toBe(true);
});
