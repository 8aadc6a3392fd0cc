import { z } from "zod";
import { ClusterUnavailableError } from "../cluster-ports.ts";
import type { ArgoServer } from "../training/engines/argo-workflow/argo-server-port.ts";

/** It deletes pods one by one before it answers. */
const TIMEOUT_MS = 15_000;

/** How its gateway words a refusal, https://github.com/grpc-ecosystem/grpc-gateway */
const refusal = z.object({ message: z.string().optional() }).catch({});

/** argo-server's REST, https://argo-workflows.readthedocs.io/en/latest/rest-api/ */
export function createArgoServer(options: {
  cluster: string;
  url: string;
  /** A service account's; undefined: a server that asks for none. */
  token: string | undefined;
}): ArgoServer {
  const base = options.url.replace(/\/$/, "");
  return {
    async retry({ namespace, name }) {
      const path = `/api/v1/workflows/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}/retry`;
      let response: Response;
      let body: unknown;
      try {
        response = await fetch(base + path, {
          method: "PUT",
          headers: {
            "content-type": "application/json",
            ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
          },
          body: JSON.stringify({ namespace, name }),
          redirect: "error",
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        body = await response.json().catch(() => ({}));
      } catch (error) {
        throw new ClusterUnavailableError(options.cluster, `argo-server: ${messageOf(error)}`);
      }
      if (response.ok) return { kind: "done" };
      const message = refusal.parse(body).message ?? `argo-server answers ${response.status}`;
      if (response.status === 404) return { kind: "not-found" };
      if (response.status === 401 || response.status === 403) return { kind: "forbidden", message };
      if (response.status === 429 || response.status >= 500)
        throw new ClusterUnavailableError(options.cluster, `argo-server: ${message}`);
      return { kind: "not-possible", message };
    },
  };
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
