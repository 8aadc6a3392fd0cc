import { readFileSync } from "node:fs";
import { BOT } from "./rbac-manifests.ts";

/** What the API server wrote down about one request, https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/ */
export interface AuditEvent {
  verb: string;
  requestURI: string;
  user: { username: string };
  impersonatedUser?: { username: string; groups?: string[] };
  responseStatus?: { code?: number };
}

const CHANGES = ["create", "update", "patch", "delete", "deletecollection"];

/** Everything so far that changes something, or would without its dry run, and came from Jibsa's own account. */
export function readChangesByBot(auditLog: string): AuditEvent[] {
  return readFileSync(auditLog, "utf8")
    .split("\n")
    .filter((line) => line.includes(`"${BOT.user}"`))
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(({ user, verb }) => user.username === BOT.user && CHANGES.includes(verb));
}

export const isImpersonated = ({ impersonatedUser }: AuditEvent): boolean =>
  impersonatedUser !== undefined && impersonatedUser.username !== BOT.user;
