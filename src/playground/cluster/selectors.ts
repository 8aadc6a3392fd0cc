import { badRequest } from "./api-error.ts";
import type { KubeObject } from "./kube-object.ts";

export type Matcher = (object: KubeObject) => boolean;

/** a=b, a==b, a!=b, a in (x,y), a notin (x,y), a, !a; all have to hold. */
export function parseLabelSelector(text: string): Matcher {
  const requirements = text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part): ((labels: Record<string, string>) => boolean) => {
      const set = /^([^\s!=,()]+)\s+(in|notin)\s+\(([^()]*)\)$/.exec(part);
      if (set !== null) {
        const [, key = "", operator, list = ""] = set;
        const values = list.split(",").map((value) => value.trim());
        return (labels) => values.includes(labels[key] ?? "\0") === (operator === "in");
      }
      const pair = /^([^\s!=,()]+)\s*(==|=|!=)\s*([^\s=,()]*)$/.exec(part);
      if (pair !== null) {
        const [, key = "", operator, value] = pair;
        return (labels) => (labels[key] === value) === (operator !== "!=");
      }
      const presence = /^(!?)([^\s!=,()]+)$/.exec(part);
      if (presence === null) throw badRequest(`unable to parse requirement: ${part}`);
      const [, not, key = ""] = presence;
      return (labels) => Object.hasOwn(labels, key) === (not === "");
    });
  return (object) => requirements.every((requirement) => requirement(object.metadata.labels ?? {}));
}

const FIELDS = [
  "metadata.name",
  "metadata.namespace",
  "status.phase",
  "spec.nodeName",
  "involvedObject.name",
  "involvedObject.kind",
  "involvedObject.uid",
  "type",
  "reason",
];

/** metadata.name=x,status.phase!=y */
export function parseFieldSelector(text: string): Matcher {
  const requirements = text
    .split(",")
    .filter((part) => part !== "")
    .map((part) => {
      const match = /^([\w.]+)(==|=|!=)(.*)$/.exec(part);
      if (match === null) throw badRequest(`invalid field selector: ${part}`);
      const [, field = "", operator, value = ""] = match;
      if (!FIELDS.includes(field)) throw badRequest(`field label not supported: ${field}`);
      return (object: KubeObject) => {
        const found = field
          .split(".")
          .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], object);
        return ((found ?? "") === value) === (operator !== "!=");
      };
    });
  return (object) => requirements.every((requirement) => requirement(object));
}
