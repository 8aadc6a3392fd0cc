import type { IncomingMessage } from "node:http";

/** Why a request is not served; undefined when it is. Keeps out pages of other sites and rebound names. */
export function refuseRequest(request: Pick<IncomingMessage, "headers">, port: number): string | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const host = request.headers.host?.toLowerCase();
  if (host === undefined || !hosts.includes(host))
    return "this server answers only to 127.0.0.1 and localhost";
  const origin = request.headers.origin;
  if (origin !== undefined && !hosts.includes(origin.toLowerCase().replace(/^https?:\/\//, "")))
    return "requests from other sites are refused";
  const site = request.headers["sec-fetch-site"];
  if (site === "cross-site" || site === "same-site") {
    const isNavigation = request.headers["sec-fetch-mode"] === "navigate";
    if (!isNavigation) return "requests from other sites are refused";
  }
  return undefined;
}
