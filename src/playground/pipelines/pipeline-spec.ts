/** One step of a compiled pipeline, with the keys of those that stand inside of it (a condition, a loop). */
export interface PipelineStep {
  key: string;
  inner: readonly string[];
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((node, key) => (isObject(node) ? node[key] : undefined), value);

/** The steps of the pipeline's own graph, each after those that it depends on. */
export function stepsOf(pipelineSpec: unknown): PipelineStep[] {
  const tasks = at(pipelineSpec, "root", "dag", "tasks");
  if (!isObject(tasks)) return [];
  const waitsFor = (key: string): readonly unknown[] => {
    const before = at(tasks, key, "dependentTasks");
    return Array.isArray(before) ? before.filter((name) => typeof name === "string" && name in tasks) : [];
  };
  const order: string[] = [];
  for (let open = Object.keys(tasks); open.length > 0;) {
    const ready = open.filter((key) => waitsFor(key).every((before) => order.includes(String(before))));
    order.push(...(ready.length === 0 ? open : ready));
    open = open.filter((key) => !order.includes(key));
  }
  return order.map((key) => {
    const component = at(tasks, key, "componentRef", "name");
    const inner = at(pipelineSpec, "components", String(component), "dag", "tasks");
    return { key, inner: isObject(inner) ? Object.keys(inner) : [] };
  });
}
