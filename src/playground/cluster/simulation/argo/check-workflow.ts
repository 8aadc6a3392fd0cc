import type { Task, Template, WorkflowSpec } from "./argo-shapes.ts";
import { dependenciesOf } from "./execute-dag.ts";

const KINDS = ["container", "containerSet", "steps", "script", "resource", "dag", "suspend"];
const SIMULATED = ["container", "steps", "script", "resource", "dag", "suspend"];
const ACTIONS = ["get", "create", "apply", "delete", "replace", "patch"];

/** What the controller finds wrong before it begins, in its words; undefined: nothing. */
export function problemOfSpec(spec: WorkflowSpec): string | undefined {
  const templates = spec.templates ?? [];
  const names = templates.map(({ name }) => name);
  const twice = names.find((name, index) => name !== undefined && names.indexOf(name) !== index);
  if (twice !== undefined) return `spec.templates[${names.lastIndexOf(twice)}].name '${twice}' is not unique`;
  for (const [index, { name, value, valueFrom }] of (spec.arguments?.parameters ?? []).entries()) {
    if (name === "") return `spec.arguments.[${index}].name is required`;
    if (value === undefined && valueFrom === undefined)
      return `spec.arguments.${name}.value or spec.arguments.${name}.valueFrom is required`;
  }
  if (spec.entrypoint === undefined) return "spec.entrypoint is required";
  for (const [what, name] of [
    ["entrypoint", spec.entrypoint],
    ["onExit", spec.onExit],
  ] as const)
    if (name !== undefined && !names.includes(name))
      return what === "entrypoint"
        ? `template name '${name}' undefined`
        : `spec.onExit template name '${name}' undefined`;
  for (const template of templates) {
    const problem = problemOfTemplate(template, templates);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOfTemplate(template: Template, templates: readonly Template[]): string | undefined {
  const at = `templates.${template.name ?? ""}`;
  const kinds = KINDS.filter((kind) => template[kind] !== undefined);
  const choose =
    "choose one of: container, containerSet, steps, script, resource, dag, suspend, template, template ref";
  const others = ["http", "plugin", "data"].filter((kind) => template[kind] !== undefined);
  const unsimulated = [...kinds.filter((kind) => !SIMULATED.includes(kind)), ...others][0];
  if (unsimulated !== undefined) return `${at}.${unsimulated} is not run by a simulated cluster`;
  if (kinds.length === 0) return `${at} template type unspecified. ${choose}`;
  if (kinds.length > 1) return `${at} multiple template types specified. ${choose}`;
  for (const kind of ["container", "script"] as const)
    if (template[kind] !== undefined && (template[kind].image ?? "") === "")
      return `${at}.${kind}.image may not be empty`;
  const { resource } = template;
  if (resource !== undefined && !ACTIONS.includes(resource.action ?? ""))
    return `${at}.resource.action must be one of: ${ACTIONS.join(", ")}`;
  if (resource !== undefined && resource.action !== "delete" && resource.manifest === undefined)
    return `either ${at}.resource.manifest or ${at}.resource.manifestFrom must be specified`;
  if (template.dag !== undefined) return problemOfDag(at, template.dag.tasks ?? [], templates);
  for (const [index, group] of (template.steps ?? []).entries())
    for (const step of group) {
      const problem = problemOfCall(step, templates);
      if (problem !== undefined) return `${at}.steps[${index}].${step.name} ${problem}`;
    }
  return undefined;
}

function problemOfDag(
  at: string,
  tasks: readonly Task[],
  templates: readonly Template[],
): string | undefined {
  if (tasks.length === 0) return `${at} must have at least one task`;
  const names = tasks.map(({ name }) => name);
  const unknown = tasks.flatMap(dependenciesOf).find((name) => !names.includes(name));
  if (unknown !== undefined) return `${at} sorting failed: invalid dependency ${unknown}`;
  if (hasCycle(tasks)) return `${at} sorting failed: graph with cycle`;
  for (const [index, task] of tasks.entries()) {
    if (names.indexOf(task.name) !== index) return `${at}.tasks[${index}].name '${task.name}' is not unique`;
    const dependencies = dependenciesOf(task);
    if (dependencies.length > 0 && /^\d/.test(task.name))
      return `${at}.tasks.${task.name} name cannot begin with a digit when using either 'depends' or 'dependencies'`;
    const problem = problemOfCall(task, templates);
    if (problem !== undefined) return `${at}.tasks.${task.name} ${problem}`;
  }
  return undefined;
}

/** A template that is not there, or an input that nothing is given for. */
function problemOfCall(task: Task, templates: readonly Template[]): string | undefined {
  if (task.templateRef !== undefined) return undefined;
  const template = templates.find(({ name }) => name === task.template);
  if (template === undefined) return `template name '${task.template ?? ""}' undefined`;
  const given = (task.arguments?.parameters ?? []).map(({ name }) => name);
  const missing = (template.inputs?.parameters ?? []).find(
    (input) =>
      !given.includes(input.name) &&
      input.value === undefined &&
      input.default === undefined &&
      input.valueFrom?.default === undefined,
  );
  return missing === undefined
    ? undefined
    : `templates.${template.name ?? ""} inputs.parameters.${missing.name} was not supplied`;
}

function hasCycle(tasks: readonly Task[]): boolean {
  let rest = [...tasks];
  for (;;) {
    const names = rest.map(({ name }) => name);
    const later = rest.filter((task) => dependenciesOf(task).some((name) => names.includes(name)));
    if (later.length === rest.length) return rest.length > 0;
    rest = later;
  }
}
