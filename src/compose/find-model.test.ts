import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { readConfig } from "../config.ts";
import { findModel } from "./find-model.ts";

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((done) => (server === undefined ? done(undefined) : server.close(done)));
  server = undefined;
});

/** An Ollama with these models and what they can do. */
async function startOllama(models: Readonly<Record<string, readonly string[] | undefined>>): Promise<string> {
  const started = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      const answer =
        request.url === "/api/tags"
          ? { models: Object.keys(models).map((name) => ({ name })) }
          : { capabilities: models[(JSON.parse(body) as { model: string }).model] };
      response.end(JSON.stringify(answer));
    });
  });
  server = started;
  await new Promise<void>((done) => started.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

const settings = (model: object) => ({ ...readConfig({}), model: { timeout: 1_000, ...model } }) as never;

describe("the model", () => {
  it("of “auto” is Ollama's first that can chat, not one that only embeds", async () => {
    const url = await startOllama({ "bge-m3": ["embedding"], "qwen3:8b": ["completion", "tools"] });

    const { model, piece } = await findModel(settings({ provider: "auto", url }));

    expect(model).toEqual({ kind: "ollama", baseUrl: url, model: "qwen3:8b" });
    expect(piece).toMatchObject({ kind: "real", where: `qwen3:8b at ${url}` });
  });

  it("is told by its name where Ollama does not tell", async () => {
    const url = await startOllama({ "nomic-embed-text": undefined, llama3: undefined });

    expect((await findModel(settings({ provider: "auto", url }))).model).toMatchObject({ model: "llama3" });
  });

  it("of “auto” is none where nothing answers, and of “none” is none whatever is there", async () => {
    expect(
      (await findModel(settings({ provider: "auto", url: "http://127.0.0.1:1" }))).model,
    ).toBeUndefined();
    const url = await startOllama({ llama3: ["completion"] });
    expect((await findModel(settings({ provider: "none", url }))).model).toBeUndefined();
  });
});
