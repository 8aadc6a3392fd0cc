import {
  callKubernetes,
  type Answer,
  type CallOptions,
  type KubernetesAccess,
} from "#test/kubernetes-call.ts";
import { waitUntil } from "#test/wait-until.ts";

export interface ObjectToApply {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; [field: string]: unknown };
  [field: string]: unknown;
}

/** Plain REST calls with one account, and the few of kubectl's conveniences that tests need. */
export interface KubernetesClient {
  access: KubernetesAccess;
  /** Any answer is a value. */
  call(path: string, options?: CallOptions): Promise<Answer>;
  /** As `call`, but everything else than 2xx is thrown with the server's words. Gives the body. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  must(path: string, options?: CallOptions): Promise<any>;
  /** Server-side apply; the last word wins. Objects without a namespace go to `namespace` where their kind has one. */
  apply(object: ObjectToApply, namespace?: string): Promise<void>;
  /** The same for the text of one YAML document, read by the server alone: custom resources are large. */
  applyText(yaml: string): Promise<void>;
  /** The path of the kind's collection, or of one object. */
  pathOf(apiVersion: string, kind: string, namespace?: string, name?: string): Promise<string>;
}

const APPLY = "?fieldManager=platform-tests&force=true";
const APPLY_TYPE = "application/apply-patch+yaml";
/** A kind that was just defined is served a moment later. */
const KIND_TIMEOUT_MS = 120_000;

export function createKubernetesClient(access: KubernetesAccess): KubernetesClient {
  const known = new Map<string, { name: string; namespaced: boolean }>();
  const call = (path: string, options?: CallOptions) => callKubernetes(access, path, options);
  const must: KubernetesClient["must"] = async (path, options) => {
    const answer = await call(path, options);
    if (answer.code < 300) return answer.body as unknown;
    throw new Error(`${options?.method ?? "GET"} ${path}: ${answer.code} ${answer.text.slice(0, 500)}`);
  };
  const groupPath = (apiVersion: string) =>
    apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

  async function resourceOf(apiVersion: string, kind: string) {
    const key = `${apiVersion} ${kind}`;
    return waitUntil(
      `${key} to be served`,
      async () => {
        if (!known.has(key)) {
          const { body } = await call(groupPath(apiVersion));
          const resources = (body?.resources ?? []) as { name: string; kind: string; namespaced: boolean }[];
          for (const resource of resources)
            if (!resource.name.includes("/")) known.set(`${apiVersion} ${resource.kind}`, resource);
        }
        return known.get(key);
      },
      KIND_TIMEOUT_MS,
      100,
    );
  }
  const pathOf: KubernetesClient["pathOf"] = async (apiVersion, kind, namespace, name) => {
    const { name: resource, namespaced } = await resourceOf(apiVersion, kind);
    const place = namespaced && namespace !== undefined ? `/namespaces/${namespace}` : "";
    return `${groupPath(apiVersion)}${place}/${resource}${name === undefined ? "" : `/${name}`}`;
  };

  return {
    access,
    call,
    must,
    pathOf,
    async apply(object, namespace = "default") {
      const { apiVersion, kind, metadata } = object;
      const path = await pathOf(apiVersion, kind, metadata.namespace ?? namespace, metadata.name);
      await must(path + APPLY, { method: "PATCH", type: APPLY_TYPE, body: object });
    },
    async applyText(yaml) {
      const field = (pattern: RegExp) => pattern.exec(yaml)?.[1] ?? "";
      const path = await pathOf(
        field(/^apiVersion: (\S+)/m),
        field(/^kind: (\S+)/m),
        undefined,
        field(/^ {2}name: (\S+)/m),
      );
      await must(path + APPLY, { method: "PATCH", type: APPLY_TYPE, body: yaml });
    },
  };
}
