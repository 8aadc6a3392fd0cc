import { isFailure, type NodeStatus, type Task } from "./argo-shapes.ts";
import { evaluateCondition } from "./evaluate-condition.ts";
import type { Call } from "./prepared-template.ts";
import { substitute, unresolvedIn, type Scope } from "./substitute.ts";
import { TemplateError, type WorkflowContext } from "./workflow-context.ts";

const MOST_ITEMS = 1_000;

/** What later tasks may name of those before: "tasks.sft.outputs.parameters.accuracy", "steps.a.status". */
export function scopeOfTasks(
  prefix: "tasks" | "steps",
  done: readonly [name: string, node: NodeStatus][],
): Scope {
  return Object.fromEntries(
    done.flatMap(([name, { phase, outputs, id }]) => [
      [`${prefix}.${name}.status`, phase],
      [`${prefix}.${name}.id`, id],
      ...(outputs?.exitCode === undefined ? [] : [[`${prefix}.${name}.exitCode`, outputs.exitCode]]),
      ...(outputs?.parameters ?? []).flatMap((parameter) =>
        parameter.value === undefined
          ? []
          : [[`${prefix}.${name}.outputs.parameters.${parameter.name}`, String(parameter.value)]],
      ),
    ]),
  ) as Scope;
}

/** The task once, or once for each of its items. */
export function expandTask(task: Task): readonly Task[] {
  const items = itemsOf(task);
  if (items === undefined) return [task];
  const { withItems: _items, withSequence: _sequence, ...each } = task;
  return items.map((item, index) => ({
    ...substitute(each, scopeOfItem(item)),
    name: `${task.name}(${index}:${textOf(item)})`,
  }));
}

function itemsOf({ withItems, withSequence }: Task): readonly unknown[] | undefined {
  if (withItems !== undefined) return withItems;
  if (withSequence === undefined) return undefined;
  const count = Number(withSequence.count);
  if (!Number.isInteger(count) || count < 0 || count > MOST_ITEMS)
    throw new TemplateError(`withSequence.count '${withSequence.count ?? ""}' is not a number of items`);
  return Array.from({ length: count }, (_, index) => index);
}

const isRecord = (item: unknown): item is Record<string, unknown> =>
  typeof item === "object" && item !== null && !Array.isArray(item);

function textOf(item: unknown): string {
  if (!isRecord(item)) return typeof item === "string" ? item : JSON.stringify(item);
  return Object.entries(item)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([key, value]) => `${key}:${textOf(value)}`)
    .join(",");
}

function scopeOfItem(item: unknown): Scope {
  if (!isRecord(item)) return { item: textOf(item) };
  return Object.fromEntries([
    ["item", JSON.stringify(item)],
    ...Object.entries(item).map(([key, value]) => [`item.${key}`, textOf(value)]),
  ]) as Scope;
}

/** One task whose turn it is, its references filled in: skipped by its `when`, or carried out. */
export function executeTask(
  context: WorkflowContext,
  nodeName: string,
  task: Task,
  call: Omit<Call, "task" | "args">,
): NodeStatus | undefined {
  const { nodes } = context;
  const origin = call.boundaryID === undefined ? {} : { boundaryID: call.boundaryID };
  if (nodes.get(nodeName) === undefined) {
    try {
      const missing = unresolvedIn([task.arguments, task.when]);
      if (missing !== undefined) throw new TemplateError(`failed to resolve {{${missing}}}`);
      if (task.when !== undefined && !evaluateCondition(task.when, () => undefined))
        return nodes.add(nodeName, "Skipped", "Skipped", {
          ...origin,
          message: `when '${task.when}' evaluated false`,
        });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return nodes.add(nodeName, "Skipped", "Error", { ...origin, message });
    }
  }
  return context.execute(context, nodeName, {
    ...call,
    task: {
      ...(task.template !== undefined && { template: task.template }),
      ...(task.templateRef !== undefined && { templateRef: task.templateRef }),
    },
    args: task.arguments?.parameters ?? [],
  });
}

/** Whether a failure of this task does not count. */
export function continuesOn({ continueOn }: Task, node: NodeStatus): boolean {
  if (!isFailure(node)) return true;
  return node.phase === "Failed" ? continueOn?.failed === true : continueOn?.error === true;
}
