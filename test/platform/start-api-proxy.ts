import { Agent, request as httpsRequest } from "node:https";
import { createServer } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { KubernetesAccess } from "#test/kubernetes-call.ts";

/** Stands before the API server and makes go wrong what goes wrong on networks. */
export interface ApiProxy {
  baseUrl: string;
  /** The next change of such a kind is carried out, and its answer never arrives. */
  loseNextAnswer(method: "POST" | "PATCH" | "DELETE", resource: string): void;
  /** From now on nothing answers. */
  goAway(): Promise<void>;
  close(): Promise<void>;
}

export async function startApiProxy(
  target: Pick<KubernetesAccess, "baseUrl" | "certificate">,
  privateKey: string,
): Promise<ApiProxy> {
  const agent = new Agent({ keepAlive: true, ca: target.certificate });
  const lost: { method: string; resource: string }[] = [];

  function isLost({ method, url = "" }: IncomingMessage): boolean {
    if (url.includes("dryRun=")) return false;
    const segments = new URL(url, target.baseUrl).pathname.split("/");
    const index = lost.findIndex((one) => one.method === method && segments.includes(one.resource));
    if (index === -1) return false;
    lost.splice(index, 1);
    return true;
  }

  function forward(request: IncomingMessage, response: ServerResponse): void {
    const losing = isLost(request);
    const onward = httpsRequest(
      target.baseUrl + (request.url ?? ""),
      { method: request.method, headers: request.headers, agent },
      (answer) => {
        if (losing) {
          // Read to its end: by then the change is made.
          answer.resume().on("end", () => response.destroy());
          return;
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        answer.on("error", () => response.destroy());
      },
    );
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  }

  const server = createServer({ key: privateKey, cert: target.certificate }, forward);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closed ??= new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
      agent.destroy();
    }));
  return {
    baseUrl: `https://127.0.0.1:${address.port}`,
    loseNextAnswer: (method, resource) => void lost.push({ method, resource }),
    goAway: close,
    close,
  };
}
