import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { createMlflow } from "#src/actions/adapters/mlflow.ts";
import { MetricsUnavailableError } from "#src/actions/training/metrics-ports.ts";
import { mlflowContract } from "#test/contracts/mlflow-contract.ts";
import { startMlflowStandIn } from "#test/servers/mlflow-stand-in.ts";

mlflowContract("stand-in", startMlflowStandIn);

const names = { loss: ["loss"], evalLoss: [], learningRate: [], tokensPerSecond: [] };
const find = (url: string, login: { token?: string; user?: string } = {}) =>
  createMlflow({ url, names, ...login }).find({ requestId: "r1", name: "sft-r1" }, { withHistory: true });

it.each([
  ["a refusal", 403, JSON.stringify({ error_code: "PERMISSION_DENIED", message: "no" }), /no$/],
  ["a page instead of JSON", 200, "<html>", /MLflow/],
  ["another JSON", 200, JSON.stringify({ experiments: "many" }), /experiments\/search/],
  ["a redirect elsewhere", 302, "", /MLflow/],
  ["far too long an answer", 200, `"${"x".repeat(9 * 1_048_576)}"`, /longer/],
])("that answers with %s is unavailable", async (_, status, text, message) => {
  const server = createServer((_request, response) =>
    response.writeHead(status, status === 302 ? { location: "http://127.0.0.1:1/" } : {}).end(text),
  );
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const outcome = await find(url).catch((error: unknown) => error);
  server.close();

  expect(outcome).toBeInstanceOf(MetricsUnavailableError);
  expect(String(outcome)).toMatch(message);
});

it("that is not there is unavailable", async () => {
  await expect(find("http://127.0.0.1:1")).rejects.toThrow(MetricsUnavailableError);
});

it.each([
  [{ token: "t" }, "Bearer t"],
  [{ user: "jibsa", token: "pw" }, `Basic ${Buffer.from("jibsa:pw").toString("base64")}`],
])("is shown who asks", async (login, expected) => {
  let seen: string | undefined;
  const server = createServer((request, response) => {
    seen = request.headers.authorization;
    response.end("{}");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));

  await find(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, login);
  server.close();

  expect(seen).toBe(expected);
});
