/** Every change, and every read that was made as somebody else, by whom and as whom; no bodies. */
export const AUDIT_POLICY = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [
    // The control plane and the controllers are not what is judged.
    {
      level: "None",
      users: ["admin", "system:kube-controller-manager", "system:kube-scheduler", "system:apiserver"],
    },
    { level: "None", userGroups: ["system:serviceaccounts:kube-system"] },
    { level: "Metadata" },
  ],
};
