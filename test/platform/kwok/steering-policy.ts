import type { ObjectToApply } from "../kubernetes-client.ts";
import { DURATION, OUTCOME, START, STEERED_LABEL } from "./annotations.ts";

const quoted = (text: string) => JSON.stringify(text);
/** CEL: the pod's own value, else its namespace's, else no entry at all. */
const entry = (key: string) =>
  `?${quoted(key)}: object.metadata.?annotations[?${quoted(key)}].or(namespaceObject.metadata.?annotations[?${quoted(key)}])`;

/** Copies the steering of a namespace to its new pods: engines build pods out of our reach, and some are over in a second. */
export const STEERING_POLICY: readonly ObjectToApply[] = [
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingAdmissionPolicy",
    metadata: { name: "steer-pods" },
    spec: {
      failurePolicy: "Fail",
      reinvocationPolicy: "Never",
      matchConstraints: {
        namespaceSelector: { matchLabels: { [STEERED_LABEL]: "true" } },
        resourceRules: [
          { apiGroups: [""], apiVersions: ["v1"], resources: ["pods"], operations: ["CREATE"] },
        ],
      },
      mutations: [
        {
          patchType: "ApplyConfiguration",
          applyConfiguration: {
            expression: `Object{metadata: Object.metadata{annotations: {${[DURATION, OUTCOME, START].map(entry).join(", ")}}}}`,
          },
        },
      ],
    },
  },
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingAdmissionPolicyBinding",
    metadata: { name: "steer-pods" },
    spec: { policyName: "steer-pods" },
  },
];
