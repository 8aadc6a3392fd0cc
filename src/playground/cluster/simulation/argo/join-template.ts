import type { KubernetesObject } from "../../objects/kubernetes-object.ts";
import type { ClusterControl } from "../cluster-control.ts";
import type { WorkflowSpec, WorkflowStatus } from "./argo-shapes.ts";
import { TemplateError, WORKFLOW_TEMPLATES } from "./workflow-context.ts";

/**
 * The spec in effect: the workflow's own, or what it takes from its WorkflowTemplate, kept in the status from then on. Stopping and
 * suspending are always the workflow's own.
 */
export function specInEffect(
  control: ClusterControl,
  workflow: KubernetesObject,
  status: WorkflowStatus,
): WorkflowSpec {
  const own = (workflow.spec ?? {}) as WorkflowSpec;
  if (own.workflowTemplateRef === undefined) return own;
  status.storedWorkflowTemplateSpec ??= join(own, referred(control, workflow, own.workflowTemplateRef));
  const { suspend: _suspend, shutdown: _shutdown, ...stored } = status.storedWorkflowTemplateSpec;
  status.storedWorkflowTemplateSpec = {
    ...stored,
    ...(own.suspend !== undefined && { suspend: own.suspend }),
    ...(own.shutdown !== undefined && { shutdown: own.shutdown }),
  };
  return status.storedWorkflowTemplateSpec;
}

function referred(
  { store }: ClusterControl,
  workflow: KubernetesObject,
  { name = "", clusterScope }: NonNullable<WorkflowSpec["workflowTemplateRef"]>,
): WorkflowSpec {
  if (clusterScope === true)
    throw new TemplateError("cannot get resource clusterWorkflowTemplate at cluster scope");
  const template = store.get(WORKFLOW_TEMPLATES, workflow.metadata.namespace, name);
  if (template === undefined) throw new TemplateError(`workflowtemplate.argoproj.io "${name}" not found`);
  return template.spec ?? {};
}

/** The workflow's own fields win; parameters and labels are taken one by one. */
function join(own: WorkflowSpec, template: WorkflowSpec): WorkflowSpec {
  const given = own.arguments?.parameters ?? [];
  const inherited = template.arguments?.parameters ?? [];
  const parameters = [
    ...inherited.map((parameter) => ({
      ...parameter,
      ...given.find(({ name }) => name === parameter.name),
    })),
    ...given.filter(({ name }) => !inherited.some((parameter) => parameter.name === name)),
  ];
  return {
    ...template,
    ...own,
    ...(parameters.length > 0 && { arguments: { parameters } }),
    ...((own.podMetadata ?? template.podMetadata) && {
      podMetadata: {
        labels: { ...template.podMetadata?.labels, ...own.podMetadata?.labels },
        annotations: { ...template.podMetadata?.annotations, ...own.podMetadata?.annotations },
      },
    }),
  };
}
