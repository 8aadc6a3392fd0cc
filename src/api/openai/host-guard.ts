import type { IncomingMessage } from "node:http";
import { Refusal } from "./refusal.ts";

/**
 * Keeps out pages of other sites and rebound names. `hosts` are the names, with port where one is typed, under which clients
 * reach this server.
 * @throws Refusal
 */
export function checkHost(request: Pick<IncomingMessage, "headers">, hosts: readonly string[]): void {
  const known = hosts.map((host) => host.toLowerCase());
  const host = request.headers.host?.toLowerCase();
  if (host === undefined || !known.includes(host))
    throw new Refusal(403, "forbidden_host", "this server does not answer to that name: see openaiApi.hosts");
  const { origin } = request.headers;
  if (origin !== undefined && !known.includes(origin.toLowerCase().replace(/^https?:\/\//, "")))
    throw new Refusal(403, "forbidden_origin", "pages of other sites cannot ask here");
}
