import {
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  type StatusCause,
} from "../errors/status-causes.ts";
import { invalid } from "../errors/refusals.ts";
import { parseQuantity } from "../simulation/quantity.ts";
import type { KubernetesObject, ObjectDraft } from "./kubernetes-object.ts";
import { isSameJson } from "./kubernetes-object.ts";
import { nameProblem } from "./names.ts";
import { podSpecOf, type Container, type PodSpec } from "./pod-shapes.ts";
import type { ResourceType } from "./resource-types.ts";

export function checkPod(pod: ObjectDraft): StatusCause[] {
  const { containers = [], restartPolicy = "Always" } = podSpecOf(pod);
  return [
    ...(containers.length === 0 ? [required("spec.containers")] : []),
    ...containers.flatMap((container, index) => checkContainer(container, `spec.containers[${index}]`)),
    ...(RESTART_POLICIES.includes(restartPolicy)
      ? []
      : [notSupported("spec.restartPolicy", restartPolicy, RESTART_POLICIES)]),
  ];
}

const RESTART_POLICIES = ["Always", "OnFailure", "Never"];

function checkContainer({ name, image, resources }: Partial<Container>, path: string): StatusCause[] {
  const causes: StatusCause[] = [];
  if (name === undefined || name === "") causes.push(required(`${path}.name`));
  else {
    const problem = nameProblem(name, "dns-label");
    if (problem !== undefined) causes.push(invalidValue(`${path}.name`, name, problem));
  }
  if (image === undefined || image === "") causes.push(required(`${path}.image`));
  for (const kind of ["limits", "requests"] as const) {
    for (const [resource, amount] of Object.entries(resources?.[kind] ?? {})) {
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
