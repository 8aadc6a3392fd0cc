import { forbiddenField, invalidValue, required, type StatusCause } from "../errors/status-causes.ts";
import { invalid } from "../errors/refusals.ts";
import { parseQuantity } from "../simulation/quantity.ts";
import type { KubernetesObject, ObjectDraft } from "./kubernetes-object.ts";
import { isJsonObject, isSameJson } from "./kubernetes-object.ts";
import { nameProblem } from "./names.ts";
import { podSpecOf, type PodSpec } from "./pod-shapes.ts";
import type { ResourceType } from "./resource-types.ts";

export function checkPod(pod: ObjectDraft): StatusCause[] {
  const containers: unknown = podSpecOf(pod).containers;
  if (!Array.isArray(containers) || containers.length === 0) return [required("spec.containers")];
  return containers.flatMap((container: unknown, index) =>
    checkContainer(container, `spec.containers[${index}]`),
  );
}

function checkContainer(container: unknown, path: string): StatusCause[] {
  if (!isJsonObject(container)) return [required(`${path}.name`), required(`${path}.image`)];
  const { name, image, resources } = container;
  const causes: StatusCause[] = [];
  if (typeof name !== "string" || name === "") causes.push(required(`${path}.name`));
  else {
    const problem = nameProblem(name, "dns-label");
    if (problem !== undefined) causes.push(invalidValue(`${path}.name`, name, problem));
  }
  if (typeof image !== "string" || image === "") causes.push(required(`${path}.image`));
  for (const kind of ["limits", "requests"] as const) {
    const amounts = isJsonObject(resources) ? resources[kind] : undefined;
    if (!isJsonObject(amounts)) continue;
    for (const [resource, amount] of Object.entries(amounts)) {
      const parsed = parseQuantity(amount);
      const field = `${path}.resources.${kind}[${resource}]`;
      if (parsed === undefined || parsed < 0)
        causes.push(invalidValue(field, amount, "must be greater than or equal to 0"));
      else if (resource === "nvidia.com/gpu" && !Number.isInteger(parsed))
        causes.push(invalidValue(field, amount, "must be an integer"));
    }
  }
  return causes;
}

/** Of a pod that exists only the images, tolerations and the deadline may change. Throws 422. */
export function checkPodChange(type: ResourceType, before: KubernetesObject, after: ObjectDraft): void {
  if (isSameJson(fixedPart(podSpecOf(before)), fixedPart(podSpecOf(after)))) return;
  throw invalid(type, before.metadata.name, [
    forbiddenField(
      "spec",
      "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
    ),
  ]);
}

function fixedPart(spec: PodSpec): unknown {
  const { tolerations: _tolerations, activeDeadlineSeconds: _deadline, containers, ...rest } = spec;
  return { ...rest, containers: containers?.map(({ image: _image, ...container }) => container) };
}
