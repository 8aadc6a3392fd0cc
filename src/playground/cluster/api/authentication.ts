import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { badRequest, unauthorized } from "../errors/refusals.ts";
import type { ClusterIdentity } from "./authorization.ts";

const ADMIN: ClusterIdentity = {
  user: "kubernetes-admin",
  groups: ["system:masters", "system:authenticated"],
};

/** Answers who a request acts as; throws 401 without the token. Its owner is the administrator, who may impersonate everybody. */
export type Authenticate = (request: Pick<IncomingMessage, "headers" | "headersDistinct">) => ClusterIdentity;

export function createAuthenticate(adminToken: string): Authenticate {
  const expected = digest(adminToken);
  return (request) => {
    const token = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1];
    if (token === undefined || !timingSafeEqual(expected, digest(token))) throw unauthorized();
    return impersonated(request.headersDistinct);
  };
}

function impersonated(headers: Readonly<Record<string, readonly string[] | undefined>>): ClusterIdentity {
  const [user = ""] = headers["impersonate-user"] ?? [];
  const groups = headers["impersonate-group"] ?? [];
  const otherHeaders = Object.keys(headers).filter(
    (name) => name.startsWith("impersonate-extra-") || name === "impersonate-uid",
  );
  if (user === "") {
    if (groups.length === 0 && otherHeaders.length === 0) return ADMIN;
    throw badRequest(
      `requested ${JSON.stringify([...groups, ...otherHeaders])} without impersonating a user name`,
    );
  }
  if (groups.includes("")) throw badRequest("an impersonated group must not be empty");
  return { user, groups: [...new Set([...groups, "system:authenticated"])] };
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
