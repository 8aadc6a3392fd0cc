import type { Stage } from "../actions/ports.ts";
import { checkObjectSafety, type SafetySettings } from "../actions/training/safety/check-object-safety.ts";

/** Stages whose own templates the settings forbid could never be started. They are added to the problems. */
export function checkStageSafety(
  stages: readonly Stage[],
  settings: SafetySettings,
  problems: { path: string; message: string }[],
): void {
  stages.forEach(({ name, namespace, template }, index) => {
    const metadata = { ...(template["metadata"] as object | undefined), name, namespace };
    const object = { apiVersion: "", kind: "", ...template, metadata };
    for (const { rule, path, value } of checkObjectSafety(object, { settings, stages }))
      problems.push({
        path: `stages[${index}].template`,
        message: `${path}: ${value} is not allowed: ${SETTING[rule] ?? "it cannot be told what it becomes"}`,
      });
  });
}

const SETTING: Readonly<Record<string, string>> = {
  namespace: "it is not in safety.namespaces",
  image: "it is not in safety.images",
  "service-account": "it is not in safety.serviceAccounts",
  claim: "it is not in safety.claims",
  "host-path": "safety.allow has no host-path",
  "host-namespaces": "safety.allow has no host-namespaces",
  privileged: "safety.allow has no privileged",
};
