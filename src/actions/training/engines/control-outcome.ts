import type { Cluster } from "../../cluster-ports.ts";
import type { ControlOutcome } from "../engine-ports.ts";

/** What a patch came to. */
export function controlled(patched: Awaited<ReturnType<Cluster["patch"]>>): ControlOutcome {
  if (patched.ok) return { kind: "done" };
  const { failure } = patched;
  if (failure.kind === "not-found") return { kind: "not-found" };
  const kind = failure.kind === "forbidden" ? "forbidden" : "not-possible";
  return { kind, message: failure.message };
}
