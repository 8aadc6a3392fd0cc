/** The wrapper modules that are built: their go.mod pins every version, their go.sum every byte. Two, because Argo and KubeRay need an older client-go. */
export type BuiltModule = "k35" | "k36";
/** Katib's is read only: its controllers need images and a database. */
export type ModuleName = BuiltModule | "katib";

export interface ServerToBuild {
  /** Of the binary. */
  name: string;
  module: BuiltModule;
  package: string;
}

export const SERVERS: readonly ServerToBuild[] = [
  { name: "etcd", module: "k36", package: "go.etcd.io/etcd/server/v3" },
  { name: "kube-apiserver", module: "k36", package: "k8s.io/kubernetes/cmd/kube-apiserver" },
  {
    name: "kube-controller-manager",
    module: "k36",
    package: "k8s.io/kubernetes/cmd/kube-controller-manager",
  },
  { name: "kube-scheduler", module: "k36", package: "k8s.io/kubernetes/cmd/kube-scheduler" },
  { name: "kwok", module: "k36", package: "sigs.k8s.io/kwok/cmd/kwok" },
  {
    name: "training-operator",
    module: "k36",
    package: "github.com/kubeflow/training-operator/cmd/training-operator.v1",
  },
  { name: "jobset", module: "k36", package: "sigs.k8s.io/jobset" },
  {
    name: "trainer",
    module: "k36",
    package: "github.com/kubeflow/trainer/v2/cmd/trainer-controller-manager",
  },
  { name: "rollouts", module: "k36", package: "github.com/argoproj/argo-rollouts/cmd/rollouts-controller" },
  { name: "kueue", module: "k36", package: "sigs.k8s.io/kueue/cmd/kueue" },
  {
    name: "argo-workflows",
    module: "k35",
    package: "github.com/argoproj/argo-workflows/v3/cmd/workflow-controller",
  },
  { name: "kuberay", module: "k35", package: "github.com/ray-project/kuberay/ray-operator" },
];

const COMPONENT = "k8s.io/component-base/version";
/** How each module is linked and compiled. The API server tells the version that is linked in. */
export const BUILD_FLAGS: Readonly<Record<BuiltModule, readonly string[]>> = {
  k36: [
    "-ldflags",
    `-s -w -X ${COMPONENT}.gitVersion=v1.36.3 -X ${COMPONENT}.gitMajor=1 -X ${COMPONENT}.gitMinor=36`,
  ],
  // Kubernetes 0.35 hides ProtoMessage() behind this tag; Argo's gateway still calls it.
  k35: ["-tags", "kubernetes_protomessage_one_more_release", "-ldflags", "-s -w"],
};

export interface ManifestsToCopy {
  name: string;
  module: ModuleName;
  /** A module's path. */
  from: string;
  paths: readonly string[];
}

/** What comes out of the modules' archives besides code: custom resources, webhooks, runtimes. Copied, so that a warm cache needs no Go. */
export const MANIFESTS: readonly ManifestsToCopy[] = [
  {
    name: "kwok",
    module: "k36",
    from: "sigs.k8s.io/kwok",
    paths: ["kustomize/crd/bases/kwok.x-k8s.io_logs.yaml"],
  },
  {
    name: "training-operator",
    module: "k36",
    from: "github.com/kubeflow/training-operator",
    // Each custom resource costs the API server some 50 MB: only the one that is used.
    paths: ["manifests/base/crds/kubeflow.org_pytorchjobs.yaml", "manifests/base/webhook/manifests.yaml"],
  },
  {
    name: "jobset",
    module: "k36",
    from: "sigs.k8s.io/jobset",
    paths: ["config/components/crd/bases", "config/components/webhook/manifests.yaml"],
  },
  {
    name: "trainer",
    module: "k36",
    from: "github.com/kubeflow/trainer/v2",
    paths: [
      "manifests/base/crds",
      "manifests/base/webhook/manifests.yaml",
      "manifests/base/runtimes/torch_distributed.yaml",
    ],
  },
  {
    name: "kueue",
    module: "k36",
    from: "sigs.k8s.io/kueue",
    paths: ["config/components/crd/bases", "config/components/webhook/manifests.yaml"],
  },
  {
    name: "argo-workflows",
    module: "k35",
    from: "github.com/argoproj/argo-workflows/v3",
    paths: ["manifests/base/crds/minimal"],
  },
  {
    name: "kuberay",
    module: "k35",
    from: "github.com/ray-project/kuberay/ray-operator",
    paths: ["config/crd/bases"],
  },
  {
    name: "katib",
    module: "katib",
    from: "github.com/kubeflow/katib",
    paths: ["manifests/v1beta1/components/crd"],
  },
];
