import { ApiError } from "../errors/api-error.ts";
import {
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  type StatusCause,
} from "../errors/status-causes.ts";
import { experimentSpecOf, type ExperimentSpec, type SearchParameter } from "./experiment-shapes.ts";
import { isSameJson, type ObjectDraft } from "./kubernetes-object.ts";

const WEBHOOK = 'admission webhook "validator.experiment.katib.kubeflow.org" denied the request';
const TEMPLATE = "spec.trialTemplate";
const PLACEHOLDER = /\$\{trialParameters\.([^}]+)\}/g;
const EDITABLE = ["parallelTrialCount", "maxTrialCount", "maxFailedTrialCount"] as const;
/** The kinds of jobs that something in this cluster runs; a real Katib takes any. */
const SIMULATED_TRIALS = ["PyTorchJob"];

/** What the webhook of Katib 0.19 refuses: thrown as 403 with the webhook's words. `before`: what is being changed. */
export function checkExperiment(experiment: ObjectDraft, before: ObjectDraft | undefined): void {
  const spec = experimentSpecOf(experiment);
  const problems = [
    ...checkName(experiment.metadata.name ?? ""),
    ...checkCounts(spec),
    ...(before === undefined ? [] : checkChange(spec, before)),
    ...(spec.objective === undefined ? [required("spec.objective", "must be specified")] : checkRest(spec)),
  ];
  if (problems.length === 0) return;
  const listed = problems.map(({ field, message }) => `${field}: ${message}`);
  const text = listed.length === 1 ? listed[0] : `[${listed.join(", ")}]`;
  throw new ApiError(403, "Forbidden", `${WEBHOOK}: ${text}`);
}

function checkName(name: string): StatusCause[] {
  if (/^[a-z]([-a-z0-9]*[a-z0-9])?/.test(name) && name.length <= 40) return [];
  const rule =
    "name must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name', or 'abc-123', regex used for validation is '^[a-z]([-a-z0-9]*[a-z0-9])?)') and may not be longer than 40 characters. ";
  return [invalidValue("metadata.name", name, rule)];
}

function checkCounts(spec: ExperimentSpec): StatusCause[] {
  const { maxTrialCount: most, parallelTrialCount, maxFailedTrialCount } = spec;
  const causes: StatusCause[] = [];
  const refuse = (field: (typeof EDITABLE)[number], message: string): void => {
    causes.push(invalidValue(`spec.${field}`, spec[field], message));
  };
  if (maxFailedTrialCount !== undefined && maxFailedTrialCount < 0)
    refuse("maxFailedTrialCount", "should not be less than 0");
  if (most !== undefined && most <= 0) refuse("maxTrialCount", "must be greater than 0");
  if (parallelTrialCount !== undefined && parallelTrialCount <= 0)
    refuse("parallelTrialCount", "must be greater than 0");
  for (const field of ["maxFailedTrialCount", "parallelTrialCount"] as const)
    if (most !== undefined && (spec[field] ?? 0) > most)
      refuse(field, "should be less than or equal to spec.maxTrialCount");
  return causes;
}

function checkChange(spec: ExperimentSpec, before: ObjectDraft): StatusCause[] {
  const old = experimentSpecOf(before);
  if (isSameJson(spec, old)) return [];
  const { trials = 0, conditions = [] } = (before.status ?? {}) as {
    trials?: number;
    conditions?: { type: string; status: string; reason: string }[];
  };
  const end = conditions.find(
    ({ type, status }) => status === "True" && (type === "Succeeded" || type === "Failed"),
  );
  const isRestartable =
    end?.reason === "ExperimentMaxTrialsReached" &&
    ["LongRunning", "FromVolume"].includes(old.resumePolicy ?? "");
  const edited = Object.fromEntries(EDITABLE.map((field) => [field, spec[field]]));
  return [
    ...(end === undefined || isRestartable
      ? []
      : [
          invalidValue(
            "spec.resumePolicy",
            spec.resumePolicy,
            "Experiment can be restarted if it is in succeeded state by reaching max trials and spec.resumePolicy = LongRunning or spec.resumePolicy = FromVolume, when experiment is completed",
          ),
        ]),
    ...(spec.maxTrialCount !== undefined && spec.maxTrialCount <= trials
      ? [invalidValue("spec.maxTrialCount", spec.maxTrialCount, "must be greater than status.trials count")]
      : []),
    ...(isSameJson({ ...old, ...edited }, spec)
      ? []
      : [
          forbiddenField(
            "spec",
            "only spec.parallelTrialCount, spec.maxTrialCount and spec.maxFailedTrialCount are editable",
          ),
        ]),
  ];
}

function checkRest(spec: ExperimentSpec): StatusCause[] {
  const { objective, algorithm, resumePolicy = "", parameters = [] } = spec;
  const causes: StatusCause[] = [];
  const { type, objectiveMetricName = "", additionalMetricNames = [] } = objective ?? {};
  if (type !== "minimize" && type !== "maximize")
    causes.push(invalidValue("spec.objective.type", type ?? "", "must be minimize or maximize"));
  if (objectiveMetricName === "")
    causes.push(required("spec.objective.objectiveMetricName", "must be specified"));
  if (additionalMetricNames.includes(objectiveMetricName))
    causes.push(
      invalidValue(
        "spec.objective.additionalMetricNames",
        additionalMetricNames,
        "should not contain spec.objective.objectiveMetricName",
      ),
    );
  if (algorithm === undefined) causes.push(required("spec.algorithm", "must be specified"));
  else if ((algorithm.algorithmName ?? "") === "")
    causes.push(required("spec.algorithm.algorithmName", "must be specified"));
  if (!["", "Never", "LongRunning", "FromVolume"].includes(resumePolicy))
    causes.push(invalidValue("spec.resumePolicy", resumePolicy, "invalid ResumePolicyType"));
  causes.push(...checkTemplate(spec));
  if (parameters.length === 0 && spec.nasConfig === undefined)
    causes.push(required("spec", "spec.parameters or spec.nasConfig must be specified"));
  causes.push(...parameters.flatMap(checkParameter));
  return causes;
}

function checkParameter(
  { parameterType = "", feasibleSpace }: SearchParameter,
  index: number,
): StatusCause[] {
  const path = `spec.parameters[${index}]`;
  const types = ["double", "int", "discrete", "categorical"];
  if (!types.includes(parameterType))
    return [
      invalidValue(
        `${path}.parameterType`,
        parameterType,
        `parameterType: ${parameterType} is not supported`,
      ),
    ];
  const { min = "", max = "", step = "", list = [] } = feasibleSpace ?? {};
  if (min === "" && max === "" && step === "" && list.length === 0)
    return [required(`${path}.feasibleSpace`, "feasibleSpace must be specified")];
  const isRange = parameterType === "double" || parameterType === "int";
  if (isRange && list.length > 0)
    return [
      invalidValue(
        `${path}.feasibleSpace.list`,
        list,
        `feasibleSpace.list is not supported for parameterType: ${parameterType}`,
      ),
    ];
  if (isRange && (min === "" || max === ""))
    return [
      required(
        `${path}.feasibleSpace.max`,
        `feasibleSpace.max or feasibleSpace.min must be specified for parameterType: ${parameterType}`,
      ),
    ];
  if (!isRange && `${min}${max}${step}` !== "")
    return [
      invalidValue(
        `${path}.feasibleSpace`,
        feasibleSpace,
        `feasibleSpace .max, .min and .step is not supported for parameterType: ${parameterType}`,
      ),
    ];
  return [];
}

function checkTemplate({ trialTemplate, parameters = [] }: ExperimentSpec): StatusCause[] {
  if (trialTemplate === undefined) return [required(TEMPLATE, "must be specified")];
  const { primaryContainerName = "", trialParameters, trialSpec } = trialTemplate;
  const causes: StatusCause[] = [];
  if (primaryContainerName === "")
    causes.push(required(`${TEMPLATE}.primaryContainerName`, "must be specified"));
  if ((trialTemplate.successCondition ?? "") === "" || (trialTemplate.failureCondition ?? "") === "")
    causes.push(required(TEMPLATE, "successCondition and failureCondition must be specified"));
  if (trialParameters === undefined)
    return [...causes, required(`${TEMPLATE}.trialParameters`, "must be specified")];
  if (trialSpec === undefined)
    return [
      ...causes,
      required(
        `${TEMPLATE}.TrialSource`,
        "spec.trialTemplate.trialSpec or spec.trialTemplate.configMap must be specified",
      ),
    ];
  const text = JSON.stringify(trialSpec);
  const known = parameters.map(({ name }) => name);
  trialParameters.forEach(({ name = "", reference = "" }, index) => {
    const path = `${TEMPLATE}.trialParameters[${index}]`;
    if (name === "" || reference === "" || /[{}]/.test(name))
      causes.push(
        invalidValue(path, "", "name and reference must be specified and name must not contain '{' or '}'"),
      );
    else if (!known.includes(reference) && !reference.startsWith("${trialSpec."))
      causes.push(
        invalidValue(
          `${path}.reference`,
          reference,
          `parameter reference ${reference} does not exist in spec.parameters`,
        ),
      );
    else if (!text.includes(`\${trialParameters.${name}}`))
      causes.push(
        invalidValue(
          `${path}.name`,
          name,
          `parameter name: ${name} in spec.trialParameters not found in spec.trialTemplate`,
        ),
      );
  });
  const named = trialParameters.map(({ name }) => name);
  const unnamed = [...text.matchAll(PLACEHOLDER)].filter((match) => !named.includes(match[1]));
  if (unnamed.length > 0)
    causes.push(
      invalidValue(
        TEMPLATE,
        "",
        `parameters: [${unnamed.map(([whole]) => whole).join(" ")}] in spec.trialTemplate not found in spec.trialParameters`,
      ),
    );
  if (!SIMULATED_TRIALS.includes(trialSpec.kind ?? ""))
    causes.push(notSupported(`${TEMPLATE}.trialSpec.kind`, trialSpec.kind ?? "", SIMULATED_TRIALS));
  return causes;
}
