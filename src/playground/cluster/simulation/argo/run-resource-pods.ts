import { parseAllDocuments } from "yaml";
import { ApiError } from "../../errors/api-error.ts";
import { isJsonObject, type KubernetesObject, type ObjectDraft } from "../../objects/kubernetes-object.ts";
import { podSpecOf, podStatusOf } from "../../objects/pod-shapes.ts";
import { apiVersionOf, resourceTypes, typeOfKind, type ResourceType } from "../../objects/resource-types.ts";
import { componentWriter, type ClusterControl } from "../cluster-control.ts";
import { END_ANNOTATION, endPod } from "../pod-life.ts";
import type { ResourceAction, Template } from "./argo-shapes.ts";
import { isMet } from "./resource-condition.ts";
import { TEMPLATE_VARIABLE, WORKFLOW_LABEL } from "./workflow-pod.ts";

const POD = typeOfKind("Pod");
const EXECUTOR = "argoexec";
/** On the executor's pod: the uids of what it made. */
const MADE_ANNOTATION = "simulation.jibsa.dev/made";

/** What `argoexec resource` does in the pods of `resource` templates: makes or removes an object, and waits for its conditions. */
export function runResourcePods(control: ClusterControl): void {
  for (const pod of control.store.list(POD.storage)) {
    if (pod.metadata.labels?.[WORKFLOW_LABEL] === undefined) continue;
    if (podStatusOf(pod).phase !== "Running") continue;
    if (pod.metadata.annotations?.[END_ANNOTATION] !== undefined) continue;
    const action = actionOf(pod);
    if (action === undefined) continue;
    try {
      carryOut(control, pod, action);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      control.record.about(pod, {
        type: "Warning",
        reason: "FailedResource",
        message: error.message,
        component: EXECUTOR,
      });
      endPod(control, pod, 1);
    }
  }
}

function actionOf(pod: KubernetesObject): ResourceAction | undefined {
  const [init] = (podSpecOf(pod)["initContainers"] ?? []) as { env?: { name: string; value?: string }[] }[];
  const json = init?.env?.find(({ name }) => name === TEMPLATE_VARIABLE)?.value;
  return json === undefined ? undefined : (JSON.parse(json) as Template).resource;
}

function carryOut(control: ClusterControl, pod: KubernetesObject, resource: ResourceAction): void {
  const made = pod.metadata.annotations?.[MADE_ANNOTATION];
  if (made === undefined) {
    const objects = act(control, pod, resource);
    if (resource.successCondition === undefined && resource.failureCondition === undefined)
      return endPod(control, pod, 0);
    const annotations = {
      ...pod.metadata.annotations,
      [MADE_ANNOTATION]: objects.map(({ metadata }) => metadata.uid).join(","),
    };
    control.writer.update(
      POD,
      { ...pod, metadata: { ...pod.metadata, annotations } },
      { writer: componentWriter(EXECUTOR, POD) },
    );
    return;
  }
  const objects = made.split(",").map((uid) => control.store.findByUid(uid)?.object);
  if (objects.some((object) => object === undefined)) return endPod(control, pod, 1);
  const { successCondition, failureCondition } = resource;
  if (failureCondition !== undefined && objects.some((object) => isMet(failureCondition, object)))
    return endPod(control, pod, 1);
  if (successCondition === undefined || objects.every((object) => isMet(successCondition, object)))
    endPod(control, pod, 0);
}

function act(
  control: ClusterControl,
  pod: KubernetesObject,
  { action, manifest = "", flags = [], setOwnerReference }: ResourceAction,
): readonly KubernetesObject[] {
  if (action === "delete" && manifest === "") return removeSelected(control, pod, flags);
  return draftsIn(manifest).map((draft) => {
    const type = typeOfDraft(draft);
    const namespace = draft.metadata.namespace ?? pod.metadata.namespace;
    const existing = control.store.get(type.storage, namespace, draft.metadata.name ?? "");
    const writer = { writer: componentWriter(EXECUTOR, type) };
    const object = {
      ...draft,
      metadata: {
        ...draft.metadata,
        ...(namespace !== undefined && { namespace }),
        ...(setOwnerReference === true && { ownerReferences: pod.metadata.ownerReferences ?? [] }),
      },
    };
    if (action === "delete") return existing === undefined ? pod : control.writer.remove(type, existing);
    if (action === "create" || existing === undefined) {
      if (action !== "create" && action !== "apply")
        throw new ApiError(
          404,
          "NotFound",
          `${type.resource}.${type.group} "${draft.metadata.name ?? ""}" not found`,
        );
      return control.writer.create(type, object, writer);
    }
    if (action === "get") return existing;
    return control.writer.update(type, { ...existing, spec: draft.spec ?? existing.spec }, writer);
  });
}

/** `flags: [pytorchjobs, --selector, "jibsa.dev/workflow=wf"]` */
function removeSelected(
  { store, writer }: ClusterControl,
  pod: KubernetesObject,
  [plural = "", ...flags]: readonly string[],
): readonly KubernetesObject[] {
  const type = resourceTypes.find(
    ({ resource, group }) => plural === resource || plural === `${resource}.${group}`,
  );
  const selector = flags.join(" ").match(/(?:-l|--selector)[= ]([^\s=]+)=(\S+)/);
  const [, label = "", value = ""] = selector ?? [];
  if (type === undefined || selector === null)
    throw new ApiError(400, "BadRequest", `error: the server doesn't have a resource type "${plural}"`);
  const found = store
    .list(type.storage, pod.metadata.namespace)
    .filter(({ metadata }) => metadata.labels?.[label] === value);
  return found.map((object) => writer.remove(type, object));
}

function draftsIn(manifest: string): readonly ObjectDraft[] {
  return parseAllDocuments(manifest).map((document) => {
    const draft: unknown = document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 100 });
    if (!isJsonObject(draft) || typeof draft["kind"] !== "string" || !isJsonObject(draft["metadata"]))
      throw new ApiError(400, "BadRequest", "error: the manifest is not an object with kind and metadata");
    return draft as ObjectDraft;
  });
}

function typeOfDraft({ apiVersion, kind }: ObjectDraft): ResourceType {
  const type = resourceTypes.find((one) => one.kind === kind && apiVersionOf(one) === apiVersion);
  if (type !== undefined && !type.review) return type;
  throw new ApiError(404, "NotFound", `error: no matches for kind "${kind}" in version "${apiVersion}"`);
}
