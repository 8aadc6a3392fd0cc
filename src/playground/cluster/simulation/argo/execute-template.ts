import { isFulfilled, type NodeStatus, type Parameter, type Template } from "./argo-shapes.ts";
import { executeDag } from "./execute-dag.ts";
import { executePod } from "./execute-pod.ts";
import { executeRetry } from "./execute-retry.ts";
import { executeSteps } from "./execute-steps.ts";
import { executeSuspend } from "./execute-suspend.ts";
import type { Call, Prepared } from "./prepared-template.ts";
import { substitute, type Scope } from "./substitute.ts";
import { TemplateError, templateOf, type WorkflowContext } from "./workflow-context.ts";

const DEEPEST = 100;

/** Brings the node of that name one step on; undefined where it may not begin yet. What is wrong with it becomes its error. */
export function executeTemplate(
  context: WorkflowContext,
  nodeName: string,
  call: Call,
): NodeStatus | undefined {
  const known = context.nodes.get(nodeName);
  if (known !== undefined && isFulfilled(known)) return known;
  try {
    if (call.depth > DEEPEST) throw new TemplateError("Maximum recursion depth exceeded");
    const original = templateOf(context, call.task);
    const inputs = inputsOf(original, call.args, context.globals);
    const template = substitute(original, {
      ...context.globals,
      ...scopeOfInputs(inputs),
      "node.name": nodeName,
    });
    const prepared = { template, inputs, call };
    return template.retryStrategy === undefined
      ? dispatch(context, nodeName, prepared)
      : executeRetry(context, nodeName, prepared, dispatch);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    if (known !== undefined) return context.nodes.mark(nodeName, "Error", error.message);
    return context.nodes.add(nodeName, "Skipped", "Error", {
      ...(call.boundaryID !== undefined && { boundaryID: call.boundaryID }),
      message: error.message,
    });
  }
}

function dispatch(context: WorkflowContext, nodeName: string, prepared: Prepared): NodeStatus | undefined {
  const { template } = prepared;
  if (template.dag !== undefined) return executeDag(context, nodeName, prepared);
  if (template.steps !== undefined) return executeSteps(context, nodeName, prepared);
  if (template.suspend !== undefined) return executeSuspend(context, nodeName, prepared);
  return executePod(context, nodeName, prepared);
}

/** Each input with what was given for it, else its own value, else its default. */
function inputsOf(template: Template, args: readonly Parameter[], globals: Scope): readonly Parameter[] {
  return (template.inputs?.parameters ?? []).map((input) => {
    const given = args.find(({ name }) => name === input.name)?.value;
    const value = given ?? input.value ?? input.default ?? input.valueFrom?.default;
    if (value === undefined) throw new TemplateError(`inputs.parameters.${input.name} was not supplied`);
    const { valueFrom: _valueFrom, ...rest } = input;
    return { ...rest, value: substitute(String(value), globals) };
  });
}

const scopeOfInputs = (inputs: readonly Parameter[]): Scope =>
  Object.fromEntries(inputs.map(({ name, value }) => [`inputs.parameters.${name}`, String(value)]));
