import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createCertificate } from "./create-certificate.ts";
import { readFileIfThere, writeFileAtomically } from "../store/atomic-file.ts";

export interface ClusterCredentials {
  token: string;
  /** PEM; signed by itself, so it is its own authority. */
  certificate: string;
  key: string;
}

/** Token and certificate, made once and kept in the folder (0700, files 0600), so that a kubeconfig goes on working. Without a folder: for this time only. */
export function openCredentials(folder: string | undefined): ClusterCredentials {
  const path = folder === undefined ? undefined : join(folder, "credentials.json");
  if (folder !== undefined) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const kept = path === undefined ? undefined : readFileIfThere(path);
  if (kept !== undefined) return JSON.parse(kept) as ClusterCredentials;
  // Certificates live in the real time, whatever the simulation's clock says.
  const made = { token: randomBytes(24).toString("hex"), ...createCertificate(Date.now()) };
  if (path !== undefined) writeFileAtomically(path, JSON.stringify(made));
  return made;
}
