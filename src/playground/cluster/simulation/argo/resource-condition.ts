import { isJsonObject, type KubernetesObject } from "../../objects/kubernetes-object.ts";

/** "status.replicaStatuses.Master.succeeded == 1, status.startTime != ''": all of them, as a label selector over the object's fields. */
export function isMet(condition: string, object: KubernetesObject | undefined): boolean {
  return condition.split(",").every((part) => {
    const [, path = "", operator, wanted = ""] =
      /^\s*([\w.\-/#]+)\s*(==|=|!=|>|<)\s*(\S*)\s*$/.exec(part) ?? [];
    const found = path
      .split(".")
      .reduce<unknown>(
        (value, key) =>
          isJsonObject(value)
            ? value[key]
            : Array.isArray(value)
              ? (value[Number(key)] as unknown)
              : undefined,
        object,
      );
    const text = typeof found === "string" || typeof found === "number" ? String(found) : undefined;
    switch (operator) {
      case "=":
      case "==":
        return text === wanted;
      case "!=":
        return text !== wanted;
      case ">":
        return text !== undefined && Number(text) > Number(wanted);
      case "<":
        return text !== undefined && Number(text) < Number(wanted);
      case undefined:
      default:
        return false;
    }
  });
}
