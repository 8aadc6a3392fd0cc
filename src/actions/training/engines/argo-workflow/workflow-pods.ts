import type { Container, WorkflowSpec, WorkflowTask, WorkflowTemplate } from "./workflow-shapes.ts";
import { parseAllDocuments } from "yaml";
import type { PodTemplate, PodTemplates } from "../pod-templates.ts";

const GPU = "nvidia.com/gpu";

/**
 * What of an inline workflow asks for most GPUs at once, as far as the object alone tells: the one template with the largest pod times its
 * literal fan-out (`withItems`, `withSequence.count`). Branches that run side by side are not added up, and what comes from an input is
 * not known: such a stage says `expectedGpus`. All pods get the labels of `spec.podMetadata`.
 */
export const podTemplatesOf: PodTemplates = (object) => {
  const spec = (object["spec"] ?? {}) as WorkflowSpec;
  // The label's place: every pod of the workflow takes it.
  const metadata = (spec.podMetadata ??= {});
  const templates = spec.templates ?? [];
  const workflowParameters = new Map(
    (spec.arguments?.parameters ?? []).map(({ name, value }) => [`workflow.parameters.${name}`, value]),
  );
  const resolve = (value: unknown): unknown => {
    const [, name] = /^\{\{\s*([\w.-]+)\s*\}\}$/.exec(typeof value === "string" ? value : "") ?? [];
    return name === undefined ? value : workflowParameters.get(name);
  };
  const candidates = templates.map((template) => {
    const pods = containersOf(template).map(({ replicas, containers, nodeSelector }) => ({
      gpus: replicas * sum(containers.map((container) => gpusOf(container, resolve))),
      nodeSelector: nodeSelector ?? template.nodeSelector ?? spec.nodeSelector,
    }));
    return {
      gpus: sum(pods.map(({ gpus }) => gpus)),
      fanOut: fanOutOf(template, templates),
      nodeSelector: pods.find(({ nodeSelector }) => nodeSelector?.["gpu-type"] !== undefined)?.nodeSelector,
    };
  });
  const largest = candidates.toSorted((a, b) => b.gpus * b.fanOut - a.gpus * a.fanOut)[0];
  const template: PodTemplate = {
    metadata,
    spec: {
      ...(largest?.nodeSelector !== undefined && { nodeSelector: largest.nodeSelector }),
      containers: [{ resources: { limits: { [GPU]: largest?.gpus ?? 0 } } }],
    },
  };
  return [{ replicas: largest?.fanOut ?? 1, template }];
};

interface Pods {
  replicas: number;
  containers: readonly Container[];
  nodeSelector?: Record<string, string>;
}

/** The pods that one call of a template becomes; those of a job that it creates too. */
function containersOf(template: WorkflowTemplate): readonly Pods[] {
  if (template.resource !== undefined) return podsOfManifest(template.resource.manifest ?? "");
  const { container, script, containerSet } = template;
  const containers = [container, script, ...(containerSet?.containers ?? [])].filter(
    (one) => one !== undefined,
  );
  return containers.length === 0 ? [] : [{ replicas: 1, containers }];
}

/** Everything in a manifest that looks like a pod template: `{replicas?, template: {spec: {containers}}}`. */
function podsOfManifest(manifest: string): readonly Pods[] {
  const found: Pods[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const { replicas, template } = value as {
      replicas?: unknown;
      template?: { spec?: { containers?: readonly Container[]; nodeSelector?: Record<string, string> } };
    };
    const podSpec = template?.spec;
    if (Array.isArray(podSpec?.containers))
      found.push({
        replicas: Number.isInteger(replicas) ? Number(replicas) : 1,
        containers: podSpec.containers as readonly Container[],
        ...(podSpec.nodeSelector !== undefined && { nodeSelector: podSpec.nodeSelector }),
      });
    else Object.values(value).forEach(visit);
  };
  // A manifest whose placeholders make it no YAML tells nothing; the controller fills them in later.
  for (const document of parseAllDocuments(manifest))
    if (document.errors.length === 0) visit(document.toJS({ maxAliasCount: 100 }));
  return found;
}

function fanOutOf(template: WorkflowTemplate, templates: readonly WorkflowTemplate[]): number {
  const calls = templates
    .flatMap((one): readonly WorkflowTask[] => [...(one.dag?.tasks ?? []), ...(one.steps ?? []).flat()])
    .filter((task) => task.template !== undefined && task.template === template.name)
    .map(({ withItems, withSequence }) => {
      const count = Number(withSequence?.count);
      return withItems?.length ?? (Number.isInteger(count) && count > 0 ? count : 1);
    });
  return Math.max(1, ...calls);
}

function gpusOf({ resources }: Container, resolve: (value: unknown) => unknown): number {
  const asked = Number(resolve(resources?.limits?.[GPU] ?? resources?.requests?.[GPU] ?? 0));
  return Number.isFinite(asked) ? asked : 0;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
