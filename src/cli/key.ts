import { userInfo } from "node:os";
import { readConfig, type Config } from "../config.ts";
import { createApiKey, listApiKeys, revokeApiKey } from "../store/api-keys.ts";
import type { Store } from "../store/database.ts";
import { configOptionsOf } from "./config-options.ts";
import { checkPersonId, openWorkspace } from "./open-workspace.ts";
import { textOf, UsageError, type CommandArguments } from "./read-arguments.ts";
import { readRunning, type RunningUp } from "./running-file.ts";
import { withStore } from "./with-store.ts";

export const keyOptions = { config: "text", "data-dir": "text", person: "text", name: "text" } as const;
export const keyHelp = `Usage: ./jibsa key create --person ID [--name TEXT]
       ./jibsa key list
       ./jibsa key revoke ID

Keys for OpenAI's protocol on the api port (/v1): Open WebUI, IDEs, notebooks. A key may read what its person may read, as long
as that person is an active member of the workspace with a role. It is shown once; only a hash of it is kept.

  --person ID    Slack user id, e.g. U03OPERATOR
  --name TEXT    what it is for, e.g. "Open WebUI"
  --config FILE  --data-dir DIR   as for up`;

const MAX_NAME_CHARACTERS = 80;

export async function key(args: CommandArguments): Promise<number> {
  const [verb = "", id = "", ...more] = args.words;
  if (!["create", "list", "revoke"].includes(verb))
    throw new UsageError("key create, key list or key revoke?");
  if (more.length > 0 || (verb !== "revoke" && id !== ""))
    throw new UsageError(`too many words: ${more[0] ?? id}`);
  const config = readConfig(process.env, configOptionsOf(args));
  const running = readRunning(config.dataDir);
  const by = `shell:${userInfo().username}`;
  if (verb === "list") return withStore(config, running, printKeys);
  if (verb === "revoke") {
    if (id === "") throw new UsageError("which one? ./jibsa key list shows the ids");
    return withStore(config, running, async (store) => {
      const outcome = await revokeApiKey(store, { id, by });
      console.log(
        outcome === "revoked" ? `${id} is revoked: it opens nothing any more` : `${id}: ${outcome}`,
      );
      return outcome === "not-found" ? 1 : 0;
    });
  }
  const person = checkPersonId("person", textOf(args, "person"));
  const problem = await problemWith(config, running, person);
  if (problem !== undefined) {
    console.error(problem);
    return 1;
  }
  const name = (textOf(args, "name") ?? "").trim().slice(0, MAX_NAME_CHARACTERS);
  return withStore(config, running, async (store) => {
    const { id: made, secret } = await createApiKey(store, { person, name, by });
    // The key alone goes to stdout, so that it can be put away without being seen.
    console.error(`key ${made} of ${person}; it is shown this once:`);
    console.log(secret);
    return 0;
  });
}

async function printKeys(store: Store): Promise<number> {
  const keys = await listApiKeys(store);
  const day = (time: Date | undefined) => time?.toISOString().slice(0, 16).replace("T", " ");
  if (keys.length === 0) console.log("no keys yet: ./jibsa key create --person ID");
  for (const { id, person, name, createdAt, lastUsedAt, revokedAt } of keys)
    console.log(
      [
        id,
        person.padEnd(14),
        `made ${day(createdAt)}`,
        revokedAt === undefined ? `used ${day(lastUsedAt) ?? "never"}` : `revoked ${day(revokedAt)}`,
        name,
      ].join("  "),
    );
  return 0;
}

/** Why this person gets no key; undefined where nothing speaks against it. */
async function problemWith(
  config: Config,
  running: RunningUp | undefined,
  person: string,
): Promise<string | undefined> {
  const workspace = await openWorkspace(config, running);
  if (workspace === undefined)
    return "who people are is told by the workspace: start ./jibsa up on this data folder first, then try again";
  const lookup = await workspace.find(person);
  if (lookup.kind === "refused") return `${person} is no active member of this workspace (${lookup.cause})`;
  if (lookup.person.roles.length === 0)
    return `${person} (${lookup.person.name}) has no role: add them to policy.roles, then try again`;
  return undefined;
}
