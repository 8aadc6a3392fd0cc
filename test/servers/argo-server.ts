import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

interface WorkflowStatus {
  phase?: string;
  nodes?: Record<string, { phase?: string; type?: string }>;
}

/**
 * argo-server's `retry` as of 3.7: its gateway's error bodies, and what it does to the tree (nodes that failed are taken out, those above
 * them run again). It works on the workflows that `find` gives it.
 */
export async function startArgoServer(options: {
  token: string;
  find(namespace: string, name: string): object | undefined;
}) {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    calls.push(`${request.method ?? ""} ${request.url ?? ""}`);
    request.resume();
    if (request.headers.authorization !== `Bearer ${options.token}`)
      return answer(401, {
        code: 16,
        message: "token not valid. see https://argo-workflows.readthedocs.io/en/latest/faq/",
      });
    const [, namespace = "", name = ""] =
      /^\/api\/v1\/workflows\/([^/]+)\/([^/]+)\/retry$/.exec(request.url ?? "") ?? [];
    if (request.method !== "PUT" || name === "") return answer(404, { code: 5, message: "Not Found" });
    const workflow: { status?: WorkflowStatus } | undefined = options.find(namespace, name);
    if (workflow === undefined)
      return answer(404, { code: 5, message: `workflows.argoproj.io "${name}" not found` });
    const { phase = "", nodes = {} } = workflow.status ?? {};
    if (phase !== "Failed" && phase !== "Error")
      return answer(400, { code: 3, message: "workflow must be Failed/Error to retry" });
    const kept = Object.entries(nodes)
      .filter(([, node]) => node.type !== "Pod" || node.phase === "Succeeded")
      .map(([id, node]) => [id, node.phase === "Succeeded" ? node : { ...node, phase: "Running" }] as const);
    workflow.status = { phase: "Running", nodes: Object.fromEntries(kept) };
    return answer(200, workflow);
  });
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    async close() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}
