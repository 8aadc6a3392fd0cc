import { ApiError } from "../errors/api-error.ts";
import { experimentSpecOf, type ExperimentSpec } from "../objects/experiment-shapes.ts";
import {
  formatTime,
  isJsonObject,
  isSameJson,
  type JsonObject,
  type KubernetesObject,
} from "../objects/kubernetes-object.ts";
import { resourceTypes, typeOfKind } from "../objects/resource-types.ts";
import { componentWriter, type ClusterControl } from "./cluster-control.ts";
import { isTrue, withKatibCondition, type KatibCondition } from "./katib-conditions.ts";
import { DURATION_ANNOTATION, OUTCOME_ANNOTATION } from "./pod-life.ts";
import { observe, seededRandom, suggest, type Assignment, type Metric } from "./search-space.ts";

export const KATIB = "katib-controller";
const TRIAL = typeOfKind("Trial");
const EXPERIMENT_LABEL = "katib.kubeflow.org/experiment";
const TRIAL_LABEL = "katib.kubeflow.org/trial";
const NUMBER_ANNOTATION = "simulation.jibsa.dev/trial-number";

interface TrialSpec {
  parameterAssignments: Assignment[];
  runSpec: JsonObject & { kind: string };
  retainRun?: boolean;
}

interface TrialStatus {
  conditions: readonly KatibCondition[];
  startTime?: string;
  completionTime?: string;
  observation?: { metrics: Metric[] };
}

export const trialStatusOf = (trial: KubernetesObject): TrialStatus => ({
  conditions: [],
  ...(trial.status as Partial<TrialStatus> | undefined),
});

/** The next trial, its values drawn by the experiment's name and the trial's number: the same sweep tries the same points. */
export function createTrial(control: ClusterControl, experiment: KubernetesObject, number: number): void {
  const { name, namespace, uid, labels, annotations = {} } = experiment.metadata;
  const spec = experimentSpecOf(experiment);
  const random = seededRandom(`${namespace}/${name}#${number}`);
  const parameterAssignments = suggest(spec.parameters ?? [], random);
  const trialName = `${name}-${Math.floor(random() * 36 ** 8)
    .toString(36)
    .padStart(8, "0")}`;
  const simulated = [DURATION_ANNOTATION, OUTCOME_ANNOTATION].flatMap((key) =>
    annotations[key] === undefined ? [] : [[key, annotations[key]] as const],
  );
  const template = spec.trialTemplate ?? {};
  create(control, experiment, {
    apiVersion: "kubeflow.org/v1beta1",
    kind: "Trial",
    metadata: {
      name: trialName,
      ...(namespace !== undefined && { namespace }),
      labels: { ...labels, [EXPERIMENT_LABEL]: name },
      annotations: { ...Object.fromEntries(simulated), [NUMBER_ANNOTATION]: String(number) },
      ownerReferences: [ownerOf(experiment, uid)],
    },
    spec: {
      objective: spec.objective,
      parameterAssignments,
      runSpec: filledIn(template.trialSpec ?? {}, template.trialParameters ?? [], parameterAssignments),
      primaryContainerName: template.primaryContainerName,
      successCondition: template.successCondition,
      failureCondition: template.failureCondition,
      retainRun: template.retain ?? false,
    },
  });
}

/** Every `${trialParameters.x}` with the value of the parameter that x refers to. */
function filledIn(
  trialSpec: object,
  parameters: NonNullable<NonNullable<ExperimentSpec["trialTemplate"]>["trialParameters"]>,
  assignments: readonly Assignment[],
): JsonObject {
  const text = JSON.stringify(trialSpec).replaceAll(
    /\$\{trialParameters\.([^}"]+)\}/g,
    (whole, name: string) => {
      const reference = parameters.find((parameter) => parameter.name === name)?.reference;
      const value = assignments.find((assigned) => assigned.name === reference)?.value;
      return value === undefined ? whole : JSON.stringify(value).slice(1, -1);
    },
  );
  return JSON.parse(text) as JsonObject;
}

/** Every trial's job is made and looked at; what it reports is there once the job has succeeded. */
export function runTrials(control: ClusterControl): void {
  for (const trial of control.store.list(TRIAL.storage)) {
    if (trial.metadata.deletionTimestamp !== undefined) continue;
    const status = trialStatusOf(trial);
    const after = nextStatus(control, trial, status);
    if (!isSameJson(after, status)) control.setStatus(TRIAL, trial, after, KATIB);
  }
}

function nextStatus(control: ClusterControl, trial: KubernetesObject, before: TrialStatus): TrialStatus {
  const now = formatTime(control.nowMs());
  const withCondition = (
    status: TrialStatus,
    type: string,
    reason: string,
    message: string,
  ): TrialStatus => ({
    ...status,
    conditions: withKatibCondition(status.conditions, { type, reason, message }, now),
  });
  if (before.startTime === undefined)
    return withCondition({ ...before, startTime: now }, "Created", "TrialCreated", "Trial is created");
  const { runSpec, parameterAssignments, retainRun } = trial.spec as TrialSpec;
  const jobType = resourceTypes.find(({ kind }) => kind === runSpec.kind);
  if (jobType === undefined) {
    warn(control, trial, `no matches for kind "${runSpec.kind}"`);
    return before;
  }
  const job = control.store.get(jobType.storage, trial.metadata.namespace, trial.metadata.name);
  if (isTrue(before.conditions, "Succeeded", "Failed")) {
    if (job && retainRun !== true && job.metadata.deletionTimestamp === undefined)
      control.writer.remove(jobType, job);
    return before;
  }
  if (!job) {
    create(control, trial, jobOf(trial, runSpec));
    return withCondition(before, "Running", "TrialRunning", "Trial is running");
  }
  const { conditions = [] } = (job.status ?? {}) as { conditions?: KatibCondition[] };
  const end = conditions.findLast(
    ({ type, status }) => status === "True" && ["Succeeded", "Complete", "Failed"].includes(type),
  );
  if (end === undefined) return before;
  const said = `Job message: ${end.message}`;
  const reason = `Job reason: ${end.reason}`;
  if (end.type === "Failed") {
    const failed = withCondition(before, "Failed", `TrialFailed. ${reason}`, `Trial has failed. ${said}`);
    return { ...failed, completionTime: now };
  }
  const metrics = observe(experimentOf(control, trial), trial.metadata.name, parameterAssignments);
  const succeeded = withCondition(
    before,
    "Succeeded",
    `TrialSucceeded. ${reason}`,
    `Trial has succeeded. ${said}`,
  );
  return { ...succeeded, completionTime: now, observation: { metrics } };
}

function experimentOf({ store }: ClusterControl, trial: KubernetesObject): ExperimentSpec {
  const [owner] = trial.metadata.ownerReferences ?? [];
  const experiment = store.findByUid(owner?.uid ?? "")?.object;
  return experiment === undefined ? {} : experimentSpecOf(experiment);
}

/** Katib's webhook puts the trial's labels on its pods; here they are in the job's templates from the start. */
function jobOf(trial: KubernetesObject, runSpec: TrialSpec["runSpec"]): Draft {
  const { name, namespace, uid, labels, annotations = {} } = trial.metadata;
  const { [NUMBER_ANNOTATION]: _number, ...simulated } = annotations;
  const given = (runSpec["metadata"] ?? {}) as { labels?: Record<string, string> };
  return {
    apiVersion: String(runSpec["apiVersion"]),
    kind: runSpec.kind,
    metadata: {
      ...given,
      name,
      ...(namespace !== undefined && { namespace }),
      annotations: simulated,
      ownerReferences: [ownerOf(trial, uid)],
    },
    spec: labelled(runSpec["spec"], { ...labels, [TRIAL_LABEL]: name }),
  };
}

function labelled(node: unknown, labels: Record<string, string>): unknown {
  if (Array.isArray(node)) return node.map((item) => labelled(item, labels));
  if (!isJsonObject(node)) return node;
  return Object.fromEntries(
    Object.entries(node).map(([field, value]) => {
      if (field !== "template" || !isJsonObject(value)) return [field, labelled(value, labels)];
      const metadata = (value["metadata"] ?? {}) as { labels?: Record<string, string> };
      return [field, { ...value, metadata: { ...metadata, labels: { ...metadata.labels, ...labels } } }];
    }),
  );
}

type Draft = Parameters<ClusterControl["writer"]["create"]>[1];

/** What the API refuses becomes an event, and is tried again at the next look. */
function create(control: ClusterControl, owner: KubernetesObject, draft: Draft): void {
  try {
    const type = typeOfKind(draft.kind);
    control.writer.create(type, draft, { writer: componentWriter(KATIB, type) });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    warn(control, owner, error.message);
  }
}

function warn(control: ClusterControl, about: KubernetesObject, problem: string): void {
  control.record.about(about, {
    type: "Warning",
    reason: "ReconcileError",
    message: `Failed to reconcile: ${problem}`,
    component: KATIB,
    once: true,
  });
}

const ownerOf = ({ apiVersion, kind, metadata: { name } }: KubernetesObject, uid: string) => ({
  apiVersion,
  kind,
  name,
  uid,
  controller: true,
  blockOwnerDeletion: true,
});
