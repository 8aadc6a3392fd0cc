import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { ObjectDraft } from "../../objects/kubernetes-object.ts";
import type { ObjectWriter } from "../../objects/object-writer.ts";
import { typeOfKind } from "../../objects/resource-types.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { componentWriter } from "../cluster-control.ts";
import type { WorkflowSpec } from "./argo-shapes.ts";
import { OUTPUTS_ANNOTATION } from "./assess-pods.ts";

/** The worked example, as it is applied to a real cluster. */
const KOREAN_LLM = new URL("../../../../../deploy/training/argo/korean-llm.yaml", import.meta.url);
/** What its evaluation would find. */
const OUTPUTS = JSON.stringify({ accuracy: "0.87" });

/** WorkflowTemplates that stages can refer to; added where they are missing. */
export function seedWorkflowTemplates(store: ObjectStore, writer: ObjectWriter): void {
  const type = typeOfKind("WorkflowTemplate");
  const draft = parse(readFileSync(KOREAN_LLM, "utf8")) as ObjectDraft & { spec: WorkflowSpec };
  const { name = "", namespace } = draft.metadata;
  if (store.get(type.storage, namespace, name) !== undefined) return;
  const templates = draft.spec.templates?.map((template) =>
    template.name === "evaluate"
      ? { ...template, metadata: { annotations: { [OUTPUTS_ANNOTATION]: OUTPUTS } } }
      : template,
  );
  writer.create(
    type,
    {
      ...draft,
      metadata: { ...draft.metadata, labels: { "jibsa.dev/simulated": "true" } },
      spec: { ...draft.spec, ...(templates && { templates }) },
    },
    { writer: componentWriter("simulation", type) },
  );
}
