import type { Parameter, Template } from "./argo-shapes.ts";

/** One use of a template. */
export interface Call {
  task: { template?: string; templateRef?: { name?: string; template?: string } };
  args: readonly Parameter[];
  /** The graph or list it stands in. */
  boundaryID?: string;
  onExit: boolean;
  /** How many templates stand around it. */
  depth: number;
}

/** A template ready to be carried out under a node's name. */
export interface Prepared {
  template: Template;
  inputs: readonly Parameter[];
  call: Call;
  /** Of a retry: which attempt. */
  attempt?: number;
}

/** What every node is told of the template that it comes from. */
export function nodeOrigin({ template, inputs, call, attempt }: Prepared) {
  return {
    ...(template.name !== undefined && { templateName: template.name }),
    ...(call.boundaryID !== undefined && { boundaryID: call.boundaryID }),
    ...(inputs.length > 0 && { inputs: { parameters: inputs } }),
    ...((attempt !== undefined || call.onExit) && {
      nodeFlag: { ...(attempt !== undefined && { retried: true }), ...(call.onExit && { hooked: true }) },
    }),
  };
}
