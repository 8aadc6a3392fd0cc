import {
  isFailure,
  isFulfilled,
  type NodePhase,
  type NodeStatus,
  type Parameter,
  type Task,
} from "./argo-shapes.ts";
import { evaluateCondition } from "./evaluate-condition.ts";
import { continuesOn, executeTask, expandTask, scopeOfTasks } from "./execute-tasks.ts";
import { nodeOrigin, type Prepared } from "./prepared-template.ts";
import { substitute } from "./substitute.ts";
import { mayExecute, TemplateError, type WorkflowContext } from "./workflow-context.ts";

/** A graph: every task whose dependencies allow it is carried out, from its last tasks upwards. */
export function executeDag(context: WorkflowContext, nodeName: string, prepared: Prepared): NodeStatus {
  const { nodes } = context;
  const { template, call } = prepared;
  const tasks = template.dag?.tasks ?? [];
  const node = nodes.get(nodeName) ?? nodes.add(nodeName, "DAG", "Running", nodeOrigin(prepared));
  const nodeOf = (task: string): NodeStatus | undefined => nodes.get(`${nodeName}.${task}`);
  const known = new Map(tasks.map((task) => [task.name, task]));
  const visited = new Set<string>();
  const below = { boundaryID: node.id, onExit: call.onExit, depth: call.depth + 1 };

  const connect = (task: Task, childName: string): void => {
    const dependencies = dependenciesOf(task);
    if (dependencies.length === 0) nodes.connect(node, childName);
    for (const name of dependencies) {
      const dependency = nodeOf(name);
      for (const id of dependency === undefined ? [] : nodes.outboundOf(dependency)) {
        const parent = nodes.byId(id);
        if (parent !== undefined) nodes.connect(parent, childName);
      }
    }
  };
  const instead = (task: Task, phase: NodePhase, message: string): void => {
    connect(task, `${nodeName}.${task.name}`);
    nodes.add(`${nodeName}.${task.name}`, "Skipped", phase, { boundaryID: node.id, message });
  };

  function visit(name: string): void {
    const task = known.get(name);
    const own = nodeOf(name);
    if (task === undefined || visited.has(name) || (own !== undefined && isFulfilled(own))) return;
    visited.add(name);
    const dependencies = dependenciesOf(task);
    dependencies.forEach(visit);
    if (!dependencies.every((dependency) => isDone(nodeOf(dependency)))) return;
    try {
      if (!isReady(task, known, nodeOf))
        return instead(task, "Omitted", "omitted: depends condition not met");
      run(task);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      if (nodeOf(name) === undefined) instead(task, "Error", error.message);
      else nodes.mark(`${nodeName}.${name}`, "Error", error.message);
    }
  }

  function run(task: Task): void {
    const done = tasks.flatMap(({ name }): [string, NodeStatus][] => {
      const found = nodeOf(name);
      return found !== undefined && isFulfilled(found) ? [[name, found]] : [];
    });
    const resolved = substitute(task, scopeOfTasks("tasks", done));
    const isGroup = task.withItems !== undefined || task.withSequence !== undefined;
    const expanded = expandTask(resolved);
    if (isGroup && expanded.length === 0) return instead(task, "Skipped", "Skipped, empty params");
    const groupName = `${nodeName}.${task.name}`;
    let group = isGroup ? nodes.get(groupName) : undefined;
    if (isGroup && group === undefined) {
      connect(task, groupName);
      group = nodes.add(groupName, "TaskGroup", "Running", { boundaryID: node.id });
    }
    for (const one of expanded) {
      const name = `${nodeName}.${one.name}`;
      if (nodes.get(name) === undefined) {
        if (group === undefined) connect(task, name);
        else nodes.connect(group, name);
      }
      executeTask(context, name, one, below);
    }
    if (group === undefined) return;
    const children = expanded.map(({ name }) => nodeOf(name));
    if (children.every(isDone))
      nodes.mark(
        groupName,
        children.find((child) => child !== undefined && isFailure(child))?.phase ?? "Succeeded",
      );
  }

  const targets =
    template.dag?.target === undefined
      ? tasks
          .map(({ name }) => name)
          .filter((name) => !tasks.some((task) => dependenciesOf(task).includes(name)))
      : template.dag.target.split(" ");
  targets.forEach(visit);

  const isStopped = context.spec.shutdown !== undefined && !mayExecute(context, call.onExit);
  const phase = isStopped ? "Failed" : assess(template.dag?.failFast !== false);
  if (phase === "Running") return node;
  node.outboundNodes = targets.flatMap((target) => {
    const found = nodeOf(target);
    return found === undefined ? [] : nodes.outboundOf(found);
  });
  if (phase === "Succeeded") {
    const parameters = outputsOf();
    if (parameters.length > 0) node.outputs = { parameters };
  }
  return nodes.mark(nodeName, phase);

  function assess(failFast: boolean): NodePhase {
    const own = nodes.all().filter(({ boundaryID }) => boundaryID === node.id);
    if (own.some((child) => !isFulfilled(child))) return "Running";
    let result: NodePhase = "Succeeded";
    for (const target of targets) {
      const reached = branchPhaseOf(target);
      const targetNode = nodeOf(target);
      if (reached === undefined) return "Running";
      if (!isFailure({ phase: reached })) continue;
      const task = known.get(target);
      if (
        task !== undefined &&
        targetNode !== undefined &&
        isFailure(targetNode) &&
        continuesOn(task, targetNode)
      )
        continue;
      result = reached;
      if (failFast) break;
    }
    return result;
  }

  /** A task that was left out is as good or bad as what was before it. */
  function branchPhaseOf(name: string): NodePhase | undefined {
    const found = nodeOf(name);
    if (found === undefined || (found.phase !== "Skipped" && found.phase !== "Omitted")) return found?.phase;
    const task = known.get(name);
    const above = (task === undefined ? [] : dependenciesOf(task)).map(branchPhaseOf);
    return above.find((one) => one === "Failed" || one === "Error") ?? "Succeeded";
  }

  function outputsOf(): readonly Parameter[] {
    const done = tasks.flatMap(({ name }): [string, NodeStatus][] => {
      const found = nodeOf(name);
      return found === undefined ? [] : [[name, found]];
    });
    const scope = scopeOfTasks("tasks", done);
    return (template.outputs?.parameters ?? []).map(({ valueFrom, ...parameter }) => ({
      ...parameter,
      value:
        substitute(valueFrom?.parameter ?? "", scope) ||
        (valueFrom?.default ?? String(parameter.value ?? "")),
    }));
  }
}

const isDone = (node: NodeStatus | undefined): boolean => node !== undefined && isFulfilled(node);

/** `depends` is an expression such as "cpt.Succeeded && (sft || rlhf.Failed)". */
export function dependenciesOf({ dependencies = [], depends = "" }: Task): readonly string[] {
  const named = [...depends.matchAll(/(?<![\w.-])[\w-]+/g)].map(([word]) => word);
  return [...new Set([...dependencies, ...named])];
}

/** A dependency without a result means that it succeeded, was skipped, or may fail. */
function isReady(
  task: Task,
  known: ReadonlyMap<string, Task>,
  nodeOf: (name: string) => NodeStatus | undefined,
): boolean {
  const isPassed = (name: string): boolean => {
    const node = nodeOf(name);
    if (node === undefined || node.phase === "Omitted") return false;
    const dependency = known.get(name);
    return !isFailure(node) || (dependency !== undefined && continuesOn(dependency, node));
  };
  const truthOf = (word: string): boolean | undefined => {
    const [name = "", result] = word.split(".");
    if (!known.has(name)) return undefined;
    if (result === undefined) return isPassed(name);
    return RESULTS[result]?.(nodeOf(name)?.phase);
  };
  return (
    (task.dependencies ?? []).every(isPassed) &&
    (task.depends === undefined || evaluateCondition(task.depends, truthOf))
  );
}

const RESULTS: Readonly<Record<string, ((phase: NodePhase | undefined) => boolean) | undefined>> = {
  Succeeded: (phase) => phase === "Succeeded",
  Failed: (phase) => phase === "Failed",
  Errored: (phase) => phase === "Error",
  Skipped: (phase) => phase === "Skipped",
  Omitted: (phase) => phase === "Omitted",
  Daemoned: () => false,
};
