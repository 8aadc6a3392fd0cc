import type { ObjectDraft } from "./kubernetes-object.ts";

/** The part of an Experiment (Katib 0.19, kubeflow.org/v1beta1) that the cluster works with; its types are checked by its shape. */
export interface ExperimentSpec {
  objective?: {
    type?: string;
    goal?: number;
    objectiveMetricName?: string;
    additionalMetricNames?: string[];
    metricStrategies?: { name: string; value: string }[];
  };
  algorithm?: { algorithmName?: string };
  parallelTrialCount?: number;
  maxTrialCount?: number;
  maxFailedTrialCount?: number;
  resumePolicy?: string;
  parameters?: SearchParameter[];
  nasConfig?: object;
  trialTemplate?: {
    retain?: boolean;
    primaryContainerName?: string;
    successCondition?: string;
    failureCondition?: string;
    trialParameters?: { name?: string; reference?: string }[];
    trialSpec?: { apiVersion?: string; kind?: string; [field: string]: unknown };
    configMap?: object;
  };
}

export interface SearchParameter {
  name?: string;
  parameterType?: string;
  feasibleSpace?: { min?: string; max?: string; step?: string; list?: string[]; distribution?: string };
}

export const experimentSpecOf = ({ spec }: Pick<ObjectDraft, "spec">): ExperimentSpec => spec ?? {};

/** What Katib's mutating webhook fills in. */
export function completeExperiment(draft: ObjectDraft): ObjectDraft {
  const spec = experimentSpecOf(draft);
  const { objective, trialTemplate } = spec;
  const kind = trialTemplate?.trialSpec?.kind ?? "";
  const success = CONDITIONS[kind];
  return {
    ...draft,
    spec: {
      parallelTrialCount: 3,
      resumePolicy: "Never",
      metricsCollectorSpec: { collector: { kind: "StdOut" } },
      ...spec,
      ...(objective && { objective: { ...objective, metricStrategies: strategiesOf(objective) } }),
      ...(trialTemplate && {
        trialTemplate: {
          ...(success !== undefined && {
            successCondition: conditionIs(success),
            failureCondition: conditionIs("Failed"),
          }),
          ...trialTemplate,
        },
      }),
    },
  };
}

/** Which condition says that such a job has succeeded. */
const CONDITIONS: Readonly<Record<string, string>> = {
  PyTorchJob: "Succeeded",
  TFJob: "Succeeded",
  MPIJob: "Succeeded",
  XGBoostJob: "Succeeded",
  TrainJob: "Complete",
  Job: "Complete",
};

/** In GJSON, as the webhook writes it. */
const conditionIs = (type: string): string => `status.conditions.#(type=="${type}")#|#(status=="True")#`;

function strategiesOf(
  objective: NonNullable<ExperimentSpec["objective"]>,
): { name: string; value: string }[] {
  const given = objective.metricStrategies ?? [];
  const value = { minimize: "min", maximize: "max" }[objective.type ?? ""] ?? "latest";
  const names = [objective.objectiveMetricName ?? "", ...(objective.additionalMetricNames ?? [])];
  const missing = names.filter((name) => !given.some((strategy) => strategy.name === name));
  return [...given, ...missing.map((name) => ({ name, value }))];
}
