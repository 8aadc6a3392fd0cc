import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cleanEnvironment, startJibsa, type Jibsa } from "#test/servers/jibsa.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";
import { waitUntil } from "#test/wait-until.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
let folder: string;
let jibsa: Jibsa;

beforeAll(async () => {
  folder = await makeTemporaryFolder("openai");
  jibsa = await startJibsa({ dataDir: join(folder, "data") });
  await waitUntil(
    "both languages to be indexed",
    () => [...jibsa.output().matchAll(/"msg":"synced a source"/g)].length >= 2,
  );
}, 180_000);
afterAll(async () => {
  await jibsa.close();
  await rm(folder, { recursive: true, force: true });
});

/** `./jibsa key …` beside the running `up`. */
async function key(...words: string[]) {
  const child = spawn(process.execPath, [MAIN, "key", ...words, "--data-dir", jibsa.dataDir], {
    env: cleanEnvironment(),
    cwd: folder,
  });
  let [out, problems] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (problems += text));
  const code = await new Promise<number | null>((done) => child.once("close", done));
  return { code, out: out.trim(), problems };
}
const client = (apiKey: string) => new OpenAI({ apiKey, baseURL: `${jibsa.apiUrl}/v1`, maxRetries: 0 });

describe("a key of the shell", () => {
  it("opens the documents until it is revoked, and stands nowhere in the log", async () => {
    const made = await key("create", "--person", "U03OPERATOR", "--name", "Open WebUI");
    const listed = await key("list");
    const id = /^k[0-9a-f]+/.exec(listed.out)?.[0] ?? "";

    const models = await client(made.out).models.list();
    const answer = await client(made.out).chat.completions.create({
      model: "jibsa",
      messages: [{ role: "user", content: "실패한 학습을 다시 돌리려면 어떻게 해요?" }],
    });
    const link = /\]\((http:[^)]+)\)/.exec(answer.choices[0]?.message.content ?? "")?.[1] ?? "";
    const page = await fetch(link);
    const revoked = await key("revoke", id);

    expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^jibsa-[\w-]{43}$/) as string });
    expect(listed.out).toMatch(/U03OPERATOR +made .+ used never +Open WebUI/);
    expect(models.data.map((model) => model.id)).toEqual(["jibsa", "jibsa/en", "jibsa/ko"]);
    expect(link).toContain("/docs/ko/retry-a-failed-run.md");
    expect(page.status).toBe(200);
    expect(revoked).toMatchObject({ code: 0 });
    await expect(client(made.out).models.list()).rejects.toMatchObject({ status: 401 });
    expect(jibsa.output()).not.toContain(made.out);
  });

  it("is made for active members with a role only", async () => {
    const guest = await key("create", "--person", "U04GUEST");
    const stranger = await key("create", "--person", "U99NOBODY");
    const nobody = await key("create");

    expect(guest).toMatchObject({ code: 1, problems: expect.stringContaining("guest") as string });
    expect(stranger).toMatchObject({
      code: 1,
      problems: expect.stringContaining("no active member") as string,
    });
    expect(nobody).toMatchObject({ code: 2, problems: expect.stringContaining("--person") as string });
  });
});
