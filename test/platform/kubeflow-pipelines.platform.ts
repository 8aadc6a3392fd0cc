import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { prepareKfpClient } from "#test/servers/kfp-client.ts";
import { startTestPipelines } from "#test/servers/kubeflow-pipelines.ts";

const SCRIPT = join(import.meta.dirname, "kubeflow-pipelines-client.py");

it("the stand-in for Kubeflow Pipelines answers in the shapes that the official client expects", async () => {
  const python = await prepareKfpClient();
  const server = await startTestPipelines();
  const client = spawn(python, ["-I", SCRIPT, server.url], { stdio: "pipe" });
  const said: string[] = [];
  createInterface({ input: client.stdout }).on("line", (line) => {
    said.push(line);
    if (line !== "advance") return;
    server.clock.advance(5_000);
    client.stdin.write("\n");
  });
  createInterface({ input: client.stderr }).on("line", (line) => said.push(line));

  const code = await new Promise((done) => client.once("close", done));
  await server.close();

  expect({ code, said }).toEqual({ code: 0, said: ["advance", "ok"] });
});
