import { Agent, createServer, request as httpsRequest, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { KubernetesAccess } from "#test/kubernetes-call.ts";

/** Stands before the API server and makes go wrong what goes wrong on networks. */
export interface ApiProxy {
  baseUrl: string;
  /** The next change of such a kind is carried out, and its answer never arrives. */
  loseNextAnswer(method: "POST" | "PATCH" | "DELETE", resource: string): void;
  /** From now on nothing answers, and what is open breaks off. */
  goAway(): Promise<void>;
  /** At the same address. */
  comeBack(): Promise<void>;
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

  const listen = (port: number): Promise<Server> =>
    new Promise((done, failed) => {
      const server = createServer({ key: privateKey, cert: target.certificate }, forward);
      server.once("error", failed);
      server.listen(port, "127.0.0.1", () => done(server));
    });
  const end = (server: Server): Promise<void> =>
    new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });

  let server: Server | undefined = await listen(0);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  const goAway = async (): Promise<void> => {
    const ending = server;
    server = undefined;
    if (ending !== undefined) await end(ending);
  };
  return {
    baseUrl: `https://127.0.0.1:${address.port}`,
    loseNextAnswer: (method, resource) => void lost.push({ method, resource }),
    goAway,
    async comeBack() {
      server ??= await listen(address.port);
    },
    async close() {
      await goAway();
      agent.destroy();
    },
  };
}
