import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCertificate } from "#src/playground/cluster/credentials/create-certificate.ts";

export interface ServerFiles {
  folder: string;
  path(name: string): string;
  logFile(name: string): string;
  /** PEM; of all servers here, and its own authority. */
  certificate: string;
  privateKey: string;
  certificateFile: string;
  keyFile: string;
  /** A file of this text or, given an object, of its JSON (which is YAML too). */
  write(name: string, content: string | object): string;
  /** Of one of the accounts below. */
  token(account: Account): string;
}

type Account = "admin" | "controller-manager" | "scheduler";

const USERS: Readonly<Record<Account, { user: string; groups: readonly string[] }>> = {
  admin: { user: "admin", groups: ["system:masters"] },
  "controller-manager": { user: "system:kube-controller-manager", groups: [] },
  scheduler: { user: "system:kube-scheduler", groups: [] },
};

/** Certificate, keys and tokens of one run, in its folder. */
export function writeServerFiles(folder: string): ServerFiles {
  for (const part of ["logs", "pods"]) mkdirSync(join(folder, part), { recursive: true, mode: 0o700 });
  const path = (name: string): string => join(folder, name);
  const write: ServerFiles["write"] = (name, content) => {
    writeFileSync(path(name), typeof content === "string" ? content : JSON.stringify(content), {
      mode: 0o600,
    });
    return path(name);
  };
  const { certificate, key } = createCertificate(Date.now());
  const signing = generateKeyPairSync("rsa", {
    modulusLength: 2_048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const tokens = new Map(Object.keys(USERS).map((account) => [account, randomBytes(24).toString("hex")]));
  const token = (account: Account): string => tokens.get(account) ?? "";
  write("service-accounts.key", signing.privateKey);
  write("service-accounts.pub", signing.publicKey);
  write(
    "tokens.csv",
    Object.entries(USERS)
      .map(([account, { user, groups }]) =>
        [
          token(account as Account),
          user,
          account,
          ...(groups.length > 0 ? [`"${groups.join(",")}"`] : []),
        ].join(","),
      )
      .join("\n"),
  );
  return {
    folder,
    path,
    logFile: (name) => join(folder, "logs", `${name}.log`),
    certificate,
    privateKey: key,
    certificateFile: write("server.crt", certificate),
    keyFile: write("server.key", key),
    write,
    token,
  };
}

/** For one token at this address. */
export function kubeconfig(server: string, certificate: string, token: string): object {
  const authority = Buffer.from(certificate).toString("base64");
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "platform", cluster: { server, "certificate-authority-data": authority } }],
    users: [{ name: "platform", user: { token } }],
    contexts: [{ name: "platform", context: { cluster: "platform", user: "platform" } }],
    "current-context": "platform",
  };
}
