import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import type { ResourceType } from "../objects/resource-types.ts";
import { columnsByStorage, defaultColumns } from "./table-columns.ts";

/** True for clients that want to print rows instead of objects, as `kubectl get` does. */
export const wantsTable = (accept: string | undefined): boolean => accept?.includes(";as=Table") === true;

/** Objects as rows. `withObjects`: each row carries its whole object, not only its metadata. */
export function answerTable(
  type: ResourceType,
  objects: readonly KubernetesObject[],
  metadata: object,
  options: { withObjects: boolean; withColumns: boolean; nowMs: number },
): Record<string, unknown> {
  const columns = columnsByStorage[type.storage] ?? defaultColumns;
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    columnDefinitions: options.withColumns
      ? columns.map(({ name, wide }) => ({
          name,
          type: "string",
          format: name === "Name" ? "name" : "",
          description: "",
          priority: wide === true ? 1 : 0,
        }))
      : null,
    rows: objects.map((object) => ({
      cells: columns.map(({ cell }) => cell(object, options.nowMs)),
      object: options.withObjects
        ? object
        : { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata },
    })),
  };
}
