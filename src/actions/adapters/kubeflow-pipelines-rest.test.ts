import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { ClusterUnavailableError } from "../cluster-ports.ts";
import { createPipelinesRest, type PipelinesAuth } from "./kubeflow-pipelines-rest.ts";

const as = { user: "minji@example.com", groups: ["jibsa:researchers"] };
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serving(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer);
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  closers.push(async () => {
    const closed = new Promise((done) => server.close(done));
    server.closeAllConnections();
    await closed;
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pipeline/`;
  return (auth: PipelinesAuth = { kind: "none" }) =>
    createPipelinesRest({ cluster: "onprem-a", url, auth }).call({ method: "GET", path: "/runs/r", as });
}

it.each([
  [{ kind: "none" }, { header: undefined, token: undefined }],
  [
    { kind: "user-header", header: "kubeflow-userid" },
    { header: as.user, token: undefined },
  ],
  [
    { kind: "token", token: "t-1" },
    { header: undefined, token: "Bearer t-1" },
  ],
] as const)("says who asks as %j does, below the address's own path", async (auth, expected) => {
  const call = await serving(({ headers, url }, response) => {
    response.end(JSON.stringify({ url, header: headers["kubeflow-userid"], token: headers.authorization }));
  });

  expect(await call(auth)).toEqual({
    ok: true,
    value: JSON.parse(JSON.stringify({ url: "/pipeline/apis/v2beta1/runs/r", ...expected })) as unknown,
  });
});

it.each([
  [400, "invalid"],
  [401, "forbidden"],
  [403, "forbidden"],
  [404, "not-found"],
  [409, "conflict"],
] as const)("takes %i for an answer: %s, in the server's words", async (status, kind) => {
  const call = await serving((_request, response) => {
    response.writeHead(status).end(JSON.stringify({ error: "why", code: 3, message: "why", details: [] }));
  });

  expect(await call()).toEqual({ ok: false, failure: { kind, message: "why" } });
});

it("waits as long as it is asked to, in seconds or until a time", async () => {
  const until = new Date(Date.now() + 60_000).toUTCString();
  let header = "3";
  const call = await serving((_request, response) => {
    response.writeHead(503, { "retry-after": header }).end("<html>busy</html>");
  });
  const waitOf = async () =>
    ((await call().catch((error: unknown) => error)) as ClusterUnavailableError).retryAfterMs;

  expect(await waitOf()).toBe(3_000);
  header = until;
  expect(await waitOf()).toBeGreaterThan(50_000);
  header = "nonsense";
  expect(await waitOf()).toBeUndefined();
});

it.each([
  ["a page instead of JSON", (response: ServerResponse) => response.end("<html>")],
  [
    "more than it takes",
    (response: ServerResponse) => {
      const chunk = Buffer.alloc(1_048_576, " ");
      for (let sent = 0; sent < 34; sent += 1) response.write(chunk);
      response.end();
    },
  ],
  ["nothing", (response: ServerResponse) => response.destroy()],
])("takes %s for an outage", async (_what, answer) => {
  const call = await serving((_request, response) => answer(response));

  await expect(call()).rejects.toBeInstanceOf(ClusterUnavailableError);
});
