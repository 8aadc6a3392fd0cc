import type { IncomingMessage } from "node:http";
import type { ApiServices } from "./api-services.ts";
import { badRequest, forbidden, invalid } from "../errors/refusals.ts";
import { notSupported } from "../errors/status-causes.ts";
import { ADMINISTRATORS, type ClusterIdentity } from "./authorization.ts";
import { FAULT_KINDS, type ClusterFault } from "./cluster-faults.ts";
import { mediaTypeOf, parseObjectBody, readBody } from "./request-body.ts";

/**
 * What no real cluster has: an administrator makes things go wrong from outside.
 * `/_simulation/faults`: POST a ClusterFault, DELETE all. `/_simulation/cut-watches`, `/_simulation/forget-history`: POST.
 * Answers false for other calls.
 */
export async function serveControl(
  services: ApiServices,
  identity: ClusterIdentity,
  request: IncomingMessage,
  path: string,
): Promise<boolean> {
  const calls: Readonly<Record<string, () => void | Promise<void>>> = {
    "POST /_simulation/faults": async () => {
      services.faults.add(readFault(parseObjectBody(await readBody(request), mediaTypeOf(request))));
    },
    "DELETE /_simulation/faults": () => services.faults.clear(),
    "POST /_simulation/cut-watches": () => services.openWatches.forEach((cut) => cut()),
    "POST /_simulation/forget-history": () => services.store.history.expire(),
  };
  const control = calls[`${request.method ?? ""} ${path}`];
  if (!control) return false;
  if (!identity.groups.includes(ADMINISTRATORS))
    throw forbidden({ group: "", resource: path }, "", `User "${identity.user}" is no administrator`);
  await control();
  return true;
}

function readFault(body: Record<string, unknown>): ClusterFault {
  const { kind, verb, resource } = body;
  const known = FAULT_KINDS.find((candidate) => candidate === kind);
  if (!known)
    throw invalid({ group: "", kind: "ClusterFault" }, "", [notSupported("kind", kind, FAULT_KINDS)]);
  const fault: ClusterFault = { kind: known };
  if (typeof verb === "string") fault.verb = verb;
  if (typeof resource === "string") fault.resource = resource;
  for (const field of ["times", "retryAfterSeconds", "delayMs"] as const) {
    const value = body[field];
    if (value === undefined) continue;
    if (typeof value !== "number" || value < 0) throw badRequest(`${field} must be a number`);
    fault[field] = value;
  }
  return fault;
}
