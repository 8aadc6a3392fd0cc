import type { PlatformObject } from "../../../ports.ts";
import type { LogLine, LogOptions, RunObservation } from "../../engine-ports.ts";
import type { RunView } from "../create-kubernetes-engine.ts";
import { listPods, progressInLog } from "../pods-of-run.ts";
import { podNameOf } from "./pod-name.ts";
import { progressOf, readWorkflow } from "./read-workflow.ts";
import type { Workflow } from "./workflow-shapes.ts";
import { leavesOf } from "./workflow-steps.ts";

const WORKFLOW_LABEL = "workflows.argoproj.io/workflow";
const NODE_NAME_ANNOTATION = "workflows.argoproj.io/node-name";
/** On the pods of a job that a `resource` template creates: which workflow and which of its steps made it. */
const MADE_BY_LABEL = "jibsa.dev/workflow";
const STEP_LABEL = "jibsa.dev/step";
export const CONTAINER = "main";

/** The workflow's own pods and those of the jobs that its steps created, in the order in which they were made. */
export async function podsOfWorkflow(view: RunView): Promise<readonly PlatformObject[]> {
  const [own, made] = await Promise.all([
    listPods(view, `${WORKFLOW_LABEL}=${view.ref.name}`),
    listPods(view, `${MADE_BY_LABEL}=${view.ref.name}`),
  ]);
  return [...own, ...made].toSorted((a, b) => createdAt(a).localeCompare(createdAt(b)));
}

const createdAt = ({ metadata }: PlatformObject): string =>
  (metadata as { creationTimestamp?: string }).creationTimestamp ?? "";

/** Every pod's log, each line under the name of its step. */
export async function* logsOfWorkflow(view: RunView, options: LogOptions): AsyncIterable<LogLine> {
  for (const pod of await podsOfWorkflow(view)) {
    const { name, labels, annotations } = pod.metadata;
    const path = annotations?.[NODE_NAME_ANNOTATION];
    const step = path === undefined ? labels?.[STEP_LABEL] : stepOf(path, view.ref.name);
    const target = { namespace: view.ref.namespace, pod: name, container: containerOf(pod) };
    for await (const text of view.cluster.logs(target, view.as, options)) yield { pod: step ?? name, text };
  }
}

/** "wf.sft" and its first try "wf.sft(0)" are "sft", "wf[0].train(2)" is "train(2)"; "wf", where the entrypoint is the pod, is "wf". */
function stepOf(path: string, workflow: string): string {
  const step = path.slice(workflow.length).replace(/^(\[\d+\])?\.|\(0\)$/g, "");
  return step === "" ? workflow : step;
}

/** Argo's is "main"; a job's the first that it has. */
function containerOf(pod: PlatformObject): string {
  const { containers = [] } = (pod["spec"] ?? {}) as { containers?: readonly { name: string }[] };
  return containers.find(({ name }) => name === CONTAINER)?.name ?? containers[0]?.name ?? CONTAINER;
}

/** How far the running step is, by what its pod last printed: one more call, or two where the step is a job of its own. */
export async function withStepProgress(
  observation: RunObservation,
  object: PlatformObject,
  view: RunView,
): Promise<RunObservation> {
  if (observation.state !== "running" || observation.detail?.steps === undefined) return observation;
  const workflow = object as Workflow;
  const nodes = workflow.status?.nodes ?? {};
  const { steps } = readWorkflow(object);
  const current = steps.find(({ step, node }) => step.state === "running" && node !== undefined);
  const leaf = current?.node && leavesOf(current.node, nodes).find(({ phase }) => phase === "Running");
  if (current === undefined || leaf?.type !== "Pod") return observation;
  const templates = workflow.status?.storedWorkflowTemplateSpec?.templates ?? workflow.spec?.templates;
  const makesJob =
    templates?.find(({ name }) => name === (leaf.templateName ?? leaf.templateRef?.template))?.resource !==
    undefined;
  const [job] = makesJob
    ? await listPods(view, `${MADE_BY_LABEL}=${view.ref.name},${STEP_LABEL}=${current.step.name}`)
    : [];
  if (makesJob && job === undefined) return observation;
  const { progress } =
    job === undefined
      ? await progressInLog(view, podNameOf(view.ref.name, leaf), CONTAINER)
      : await progressInLog(view, job.metadata.name, containerOf(job));
  if (progress === undefined) return observation;
  const told = steps.map((one) => (one === current ? { step: { ...one.step, progress } } : one));
  const whole = progressOf(told, workflow.status?.progress);
  return {
    ...observation,
    // A workflow of one step is as far as that.
    ...(told.length === 1 ? { progress } : whole !== undefined && { progress: whole }),
    detail: { ...observation.detail, steps: told.map(({ step }) => step) },
  };
}
