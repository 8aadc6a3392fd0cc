import type { KubernetesClient } from "../kubernetes-client.ts";

export interface WrittenTrial {
  name: string;
  parameters: Readonly<Record<string, string>>;
  condition: "Running" | "Succeeded" | "Failed";
  /** The objective's last value. */
  loss?: string;
}

const API = "/apis/kubeflow.org/v1beta1/namespaces";
const MERGE = "application/merge-patch+json";

/** What Katib's controllers would have written by then: trials as objects of their own, and their sum in the experiment. */
export async function writeExperimentStatus(
  admin: KubernetesClient,
  namespace: string,
  experiment: string,
  condition: "Running" | "Succeeded" | "Failed",
  trials: readonly WrittenTrial[],
): Promise<void> {
  const path = `${API}/${namespace}/experiments/${experiment}`;
  const { metadata } = (await admin.must(path)) as { metadata: { uid: string } };
  for (const trial of trials)
    await writeTrial(admin, namespace, { name: experiment, uid: metadata.uid }, trial);
  const count = (wanted: WrittenTrial["condition"]): number =>
    trials.filter((trial) => trial.condition === wanted).length;
  const best = trials
    .filter(({ loss }) => loss !== undefined)
    .toSorted((a, b) => Number(a.loss) - Number(b.loss))[0];
  const status = {
    startTime: "2026-11-24T01:00:00Z",
    conditions: conditionsOf(condition, "Experiment"),
    trials: trials.length,
    trialsRunning: count("Running"),
    trialsSucceeded: count("Succeeded"),
    trialsFailed: count("Failed"),
    ...(best && {
      currentOptimalTrial: {
        bestTrialName: best.name,
        parameterAssignments: assignmentsOf(best),
        observation: { metrics: metricsOf(best) },
      },
    }),
  };
  await admin.must(`${path}/status`, { method: "PATCH", type: MERGE, body: { status } });
}

async function writeTrial(
  admin: KubernetesClient,
  namespace: string,
  owner: { name: string; uid: string },
  trial: WrittenTrial,
): Promise<void> {
  await admin.apply({
    apiVersion: "kubeflow.org/v1beta1",
    kind: "Trial",
    metadata: {
      name: trial.name,
      namespace,
      labels: { "katib.kubeflow.org/experiment": owner.name },
      ownerReferences: [
        { apiVersion: "kubeflow.org/v1beta1", kind: "Experiment", ...owner, controller: true },
      ],
    },
    spec: { parameterAssignments: assignmentsOf(trial) },
  });
  await admin.must(`${API}/${namespace}/trials/${trial.name}/status`, {
    method: "PATCH",
    type: MERGE,
    body: {
      status: {
        conditions: conditionsOf(trial.condition, "Trial"),
        ...(trial.loss !== undefined && { observation: { metrics: metricsOf(trial) } }),
      },
    },
  });
}

const conditionsOf = (type: string, kind: string): object[] =>
  [...new Set(["Created", type])].map((one) => ({
    type: one,
    status: "True",
    reason: one === "Succeeded" && kind === "Experiment" ? "ExperimentMaxTrialsReached" : `${kind}${one}`,
    message: `${kind} is ${one.toLowerCase()}`,
    lastTransitionTime: "2026-11-24T01:00:00Z",
  }));

const assignmentsOf = ({ parameters }: WrittenTrial): { name: string; value: string }[] =>
  Object.entries(parameters).map(([name, value]) => ({ name, value }));

const metricsOf = ({ loss = "" }: WrittenTrial): object[] => [
  { name: "loss", latest: loss, min: loss, max: "2.4" },
];
