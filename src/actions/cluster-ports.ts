import type { Identity, PlatformObject, Result } from "./ports.ts";
import type { LogOptions, SubmitFailure } from "./training/engine-ports.ts";

export interface GpuNode {
  name: string;
  gpuType: string;
  ready: boolean;
  total: number;
  allocated: number;
  holders: readonly { owner: string; run: string; gpus: number; namespace: string }[];
}
export interface ClusterStatus {
  cluster: string;
  simulated: boolean;
  nodes: readonly GpuNode[];
  /** Pods that wait for GPUs, oldest first. */
  waiting: readonly {
    pod: string;
    namespace: string;
    owner: string;
    gpus: number;
    since: Date;
    reason: string;
  }[];
  observedAt: Date;
}

/** What the actions ask of one Kubernetes cluster. All calls impersonate. */
export interface Cluster {
  name: string;
  /** Labelled wherever it is shown. */
  simulated: boolean;
  create(
    object: PlatformObject,
    as: Identity,
    options?: { dryRun?: boolean },
  ): Promise<Result<PlatformObject, SubmitFailure | { kind: "exists" }>>;
  /** With `subresource` what stands below the object, e.g. "pendingworkloads". */
  get(ref: ObjectRef, as: Identity, options?: { subresource?: string }): Promise<PlatformObject | undefined>;
  list(
    ref: Omit<ObjectRef, "name">,
    as: Identity,
    options?: { labelSelector?: string; fieldSelector?: string },
  ): Promise<readonly PlatformObject[]>;
  /** True when it was there. Foreground propagation; `uid` guards against deleting a namesake. */
  delete(
    ref: ObjectRef & { uid?: string },
    as: Identity,
  ): Promise<Result<boolean, { kind: "forbidden"; message: string }>>;
  /** JSON merge patch (RFC 7386). With `metadata.resourceVersion` in it, only if nothing has changed since. */
  patch(
    ref: ObjectRef,
    patch: Readonly<Record<string, unknown>>,
    as: Identity,
    options?: { subresource?: "status" },
  ): Promise<
    Result<PlatformObject, SubmitFailure | { kind: "not-found" } | { kind: "conflict"; message: string }>
  >;
  logs(
    ref: { namespace: string; pod: string; container?: string },
    as: Identity,
    options: LogOptions,
  ): AsyncIterable<string>;
  /** Through the API server's proxy to a Service's port; its answer as it is, redirects not followed. `body` goes as JSON. */
  callService(
    target: { namespace: string; service: string; port: string },
    call: {
      method: "GET" | "POST";
      path: string;
      body?: unknown;
      headers?: Readonly<Record<string, string>>;
      maxBytes: number;
      timeoutMs: number;
    },
    as: Identity,
  ): Promise<{ code: number; text: string }>;
  /** SelfSubjectAccessReview as that person. */
  mayI(
    access: { verb: string; group: string; resource: string; namespace: string },
    as: Identity,
  ): Promise<{ allowed: boolean; reason?: string }>;
  /**
   * Calls back with every object that is there, and on every change until aborted (without an object: it is gone), as the
   * configuration's own account. Restarts itself with jitter, relists every 5 min.
   */
  watch(
    ref: Omit<ObjectRef, "name">,
    onChange: (name: string, object?: PlatformObject) => void,
    signal: AbortSignal,
    options?: {
      /** After each list: what of that kind is there. */
      onListed?: (listed: { has(name: string): boolean }) => void;
    },
  ): void;
  status(as: Identity): Promise<ClusterStatus>;
  isReachable(): Promise<{ reachable: true; version: string } | { reachable: false; reason: string }>;
}
export interface ObjectRef {
  group: string;
  version: string;
  /** Plural, lower case: "pytorchjobs". */
  resource: string;
  namespace?: string;
  name: string;
}

/** Down, refusing or too slow (5 s): worth another try later. */
export class ClusterUnavailableError extends Error {
  override name = "ClusterUnavailableError";
  readonly cluster: string;
  readonly retryAfterMs: number | undefined;
  constructor(cluster: string, message: string, retryAfterMs?: number) {
    super(message);
    this.cluster = cluster;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The cluster's own RBAC does not let this person look (401, 403): another try changes nothing. */
export class ClusterForbiddenError extends Error {
  override name = "ClusterForbiddenError";
}
