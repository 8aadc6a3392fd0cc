import type { SafetyRule } from "../../actions/training/safety/check-object-safety.ts";

/** Why an object may not be sent. Values arrive escaped, in code style. */
export const safetyTextsEn = {
  refused: "Nothing was sent to the cluster: the object would contain what is not allowed.",
  rules: {
    namespace: (value) => `The namespace ${value} is not allowed (\`safety.namespaces\`).`,
    image: (value) => `The image ${value} is not allowed (\`safety.images\`).`,
    "service-account": (value) => `The service account ${value} is not allowed (\`safety.serviceAccounts\`).`,
    claim: (value) => `The volume claim ${value} is not allowed (\`safety.claims\`).`,
    volume: (value) => `The volume ${value} is in no template.`,
    "host-path": (value) =>
      `A folder of the node itself is mounted (hostPath ${value}); \`safety.allow\` has no host-path.`,
    "host-namespaces": (value) =>
      `A pod takes the node's own network, processes or IPC (${value}); \`safety.allow\` has no host-namespaces.`,
    privileged: (value) =>
      `A container takes rights of the node (${value}); \`safety.allow\` has no privileged.`,
    unreadable: (value) => `It cannot be told what this becomes when it runs: ${value}.`,
  } satisfies Record<SafetyRule, (value: string) => string> as Record<SafetyRule, (value: string) => string>,
  allowed: (values: string) => `Allowed: ${values}.`,
  more: (count: number) => `… and ${count} more.`,
  advice:
    "Choose another value for the parameter, or ask your MLOps lead to change the stage or to allow it in the settings.",
};
