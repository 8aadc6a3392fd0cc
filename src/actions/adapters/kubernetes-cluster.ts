import type { Cluster, ObjectRef } from "../cluster-ports.ts";
import { ClusterForbiddenError, ClusterUnavailableError } from "../cluster-ports.ts";
import type { Identity, PlatformObject } from "../ports.ts";
import type { SubmitFailure } from "../training/engine-ports.ts";
import { summarizeGpus } from "./gpu-status.ts";
import {
  openKubernetesRest,
  RestRefusedError,
  type KubernetesRest,
  type KubernetesStatus,
} from "./kubernetes-rest.ts";
import { createTurns, superviseWatch } from "./kubernetes-watch.ts";

/** Lower-case plurals of the kinds that are created; CRDs of the ML world are all regular. */
function resourceOf(kind: string): string {
  return `${kind.toLowerCase()}s`;
}

/** A Kubernetes cluster, real or simulated. The connection is opened on first use. */
export function createKubernetesCluster(options: {
  name: string;
  simulated: boolean;
  source: Parameters<typeof openKubernetesRest>[1];
  context?: string;
  onWatchError?: (error: Error) => void;
}): Cluster {
  const inTurn = createTurns();
  let opening: Promise<KubernetesRest> | undefined;
  const rest = (): Promise<KubernetesRest> => {
    opening ??= openKubernetesRest(options.name, options.source, options.context).catch((error: unknown) => {
      opening = undefined;
      throw new ClusterUnavailableError(
        options.name,
        `kubeconfig: ${error instanceof Error ? error.message : String(error)}`,
      );
    });
    return opening;
  };
  const list = async (
    ref: Omit<ObjectRef, "name">,
    as: Identity | undefined,
    selectors: Readonly<Record<string, string>> = {},
  ) => {
    const selected = new URLSearchParams(selectors).toString();
    const query = selected === "" ? "" : `?${selected}`;
    const answer = await (await rest()).call({ method: "GET", path: pathOf(ref) + query, ...(as && { as }) });
    if (answer.ok)
      return ((answer.body as { items?: PlatformObject[] }).items ?? []) as readonly PlatformObject[];
    if (answer.status.code === 404) return [];
    throw refusalOf(answer.status);
  };

  return {
    name: options.name,
    simulated: options.simulated,
    async create(object, as, { dryRun = false } = {}) {
      const [group = "", version = ""] = object.apiVersion.includes("/")
        ? object.apiVersion.split("/")
        : ["", object.apiVersion];
      const { namespace } = object.metadata;
      const path = pathOf({ group, version, resource: resourceOf(object.kind), namespace });
      const query = dryRun ? "?dryRun=All&fieldManager=jibsa" : "?fieldManager=jibsa";
      const answer = await (await rest()).call({ method: "POST", path: path + query, body: object, as });
      if (answer.ok) return { ok: true, value: answer.body as PlatformObject };
      return { ok: false, failure: failureOf(answer.status) };
    },
    async get(ref, as, { subresource } = {}) {
      const path = `${pathOf(ref)}${subresource === undefined ? "" : `/${subresource}`}`;
      const answer = await (await rest()).call({ method: "GET", path, as });
      if (answer.ok) return answer.body as PlatformObject;
      if (answer.status.code === 404) return undefined;
      throw refusalOf(answer.status);
    },
    list: (ref, as, selectors) => list(ref, as, selectors),
    async delete(ref, as) {
      const body = {
        apiVersion: "v1",
        kind: "DeleteOptions",
        propagationPolicy: "Foreground",
        ...(ref.uid !== undefined && { preconditions: { uid: ref.uid } }),
      };
      const answer = await (await rest()).call({ method: "DELETE", path: pathOf(ref), body, as });
      if (answer.ok) return { ok: true, value: true };
      // 409: the uid is another's, so ours is gone.
      if (answer.status.code === 404 || answer.status.code === 409) return { ok: true, value: false };
      if (answer.status.code === 403)
        return { ok: false, failure: { kind: "forbidden", message: answer.status.message ?? "" } };
      throw new Error(answer.status.message ?? `the API server answers ${answer.status.code}`);
    },
    async patch(ref, patch, as, { subresource } = {}) {
      const path = `${pathOf(ref)}${subresource === undefined ? "" : `/${subresource}`}?fieldManager=jibsa`;
      const answer = await (await rest()).call({ method: "PATCH", path, body: patch, as });
      if (answer.ok) return { ok: true, value: answer.body as PlatformObject };
      const { code, message = "", reason } = answer.status;
      if (code === 404) return { ok: false, failure: { kind: "not-found" } };
      if (code === 409 && reason !== "AlreadyExists")
        return { ok: false, failure: { kind: "conflict", message } };
      const failure = failureOf(answer.status);
      return { ok: false, failure: failure.kind === "exists" ? { kind: "conflict", message } : failure };
    },
    async *logs({ namespace, pod, container }, as, { tailLines = 100, signal }) {
      const query = new URLSearchParams({
        tailLines: String(Math.min(5_000, Math.max(1, tailLines))),
        ...(container !== undefined && { container }),
      });
      const path = `${pathOf({ group: "", version: "v1", resource: "pods", namespace, name: pod })}/log?${query.toString()}`;
      try {
        yield* (await rest()).lines({ method: "GET", path, as, ...(signal && { signal }) });
      } catch (error) {
        // A pod that has not started, or has gone, has no lines.
        if (!(error instanceof RestRefusedError)) throw error;
        if (error.status.code !== 400 && error.status.code !== 404) throw refusalOf(error.status);
      }
    },
    async callService({ namespace, service, port }, { maxBytes, path, ...call }, as) {
      const target = pathOf({ group: "", version: "v1", resource: "services", namespace, name: service });
      const proxied = `${target}:${encodeURIComponent(port)}/proxy${path}`;
      return (await rest()).text({ ...call, path: proxied, as }, maxBytes);
    },
    async mayI(access, as) {
      const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
      const body = {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectAccessReview",
        spec: { resourceAttributes: access },
      };
      const answer = await (await rest()).call({ method: "POST", path, body, as });
      if (!answer.ok) return { allowed: false, reason: answer.status.message ?? "" };
      const { status } = answer.body as { status?: { allowed?: boolean; reason?: string } };
      return {
        allowed: status?.allowed === true,
        ...(status?.reason !== undefined && { reason: status.reason }),
      };
    },
    watch(ref, onChange, signal, { onListed } = {}) {
      superviseWatch({
        rest,
        inTurn,
        path: pathOf(ref),
        onChange,
        onListed,
        signal,
        onError: options.onWatchError ?? (() => {}),
      });
    },
    async status(as) {
      const [nodes, pods] = await Promise.all([
        list({ group: "", version: "v1", resource: "nodes" }, as),
        list({ group: "", version: "v1", resource: "pods" }, as),
      ]);
      return {
        cluster: options.name,
        simulated: options.simulated,
        observedAt: new Date(),
        ...summarizeGpus(nodes, pods),
      };
    },
    async isReachable() {
      try {
        const answer = await (await rest()).call({ method: "GET", path: "/version" });
        if (!answer.ok)
          return { reachable: false, reason: answer.status.message ?? `HTTP ${answer.status.code}` };
        return { reachable: true, version: (answer.body as { gitVersion?: string }).gitVersion ?? "unknown" };
      } catch (error) {
        return { reachable: false, reason: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}

function refusalOf(status: KubernetesStatus): Error {
  const message = status.message ?? `the API server answers ${status.code}`;
  return status.code === 401 || status.code === 403 ? new ClusterForbiddenError(message) : new Error(message);
}

function pathOf(ref: {
  group: string;
  version: string;
  resource: string;
  namespace?: string;
  name?: string;
}): string {
  const segments = [
    ...(ref.group === "" ? ["api"] : ["apis", ref.group]),
    ref.version,
    ...(ref.namespace === undefined ? [] : ["namespaces", ref.namespace]),
    ref.resource,
    ...(ref.name === undefined ? [] : [ref.name]),
  ];
  return `/${segments.map(encodeURIComponent).join("/")}`;
}

function failureOf(status: KubernetesStatus): SubmitFailure | { kind: "exists" } {
  const message = status.message ?? `the API server answers ${status.code}`;
  switch (status.code) {
    case 409:
      return status.reason === "AlreadyExists"
        ? { kind: "exists" }
        : { kind: "invalid", message, fields: [] };
    case 401:
    case 403:
      if (message.includes("exceeded quota")) return { kind: "quota-exceeded", message };
      // A webhook that finds the object wrong answers 403 too.
      return /^admission webhook .* denied the request/.test(message)
        ? { kind: "invalid", message, fields: [] }
        : { kind: "forbidden", message };
    case 404:
      return status.details?.kind === "namespaces"
        ? { kind: "invalid", message, fields: [{ path: "metadata.namespace", message }] }
        : { kind: "not-installed", message };
    default: {
      const causes = (status.details?.causes ?? []).filter((cause) => cause.field !== "<nil>");
      const fields = causes.map((cause) => ({
        path: cause.field ?? "",
        message: cause.message ?? "",
      }));
      return { kind: "invalid", message, fields };
    }
  }
}
