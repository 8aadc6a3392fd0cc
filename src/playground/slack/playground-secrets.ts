import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newSecret } from "./new-id.ts";
import { isFields, parseJson, readText } from "./wire-fields.ts";

/** What an app needs to talk to the workspace. Made once, then kept in the data folder (mode 0600). */
export interface PlaygroundSecrets {
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  /** The deprecated verification token that still stands in every payload. */
  readonly verificationToken: string;
}

/** Reads the secrets from `dataDir`, or makes them; without a folder they live as long as the process. */
export function openSecrets(dataDir?: string): PlaygroundSecrets {
  if (dataDir === undefined) return makeSecrets();
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, "secrets.json");
  const known = readSecrets(path);
  if (known) {
    chmodSync(path, 0o600);
    return known;
  }
  const made = makeSecrets();
  writeFileSync(`${path}.next`, JSON.stringify(made), { mode: 0o600 });
  renameSync(`${path}.next`, path);
  return made;
}

function readSecrets(path: string): PlaygroundSecrets | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (isFields(error) && error["code"] === "ENOENT") return undefined;
    throw error;
  }
  const value = parseJson(text);
  if (!isFields(value)) return undefined;
  const botToken = readText(value, "botToken");
  const appToken = readText(value, "appToken");
  const signingSecret = readText(value, "signingSecret");
  const verificationToken = readText(value, "verificationToken");
  if (!botToken || !appToken || !signingSecret || !verificationToken) return undefined;
  return { botToken, appToken, signingSecret, verificationToken };
}

function makeSecrets(): PlaygroundSecrets {
  return {
    botToken: `xoxb-playground-${newSecret()}`,
    appToken: `xapp-1-A00JIBSA-playground-${newSecret()}`,
    signingSecret: newSecret(),
    verificationToken: newSecret().slice(0, 24),
  };
}
