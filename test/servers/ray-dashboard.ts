import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

interface Job {
  submission_id: string;
  entrypoint: string;
  metadata: Record<string, string>;
  status: "PENDING" | "RUNNING" | "STOPPED" | "SUCCEEDED" | "FAILED";
  message: string;
  start_time: number;
  end_time: number | null;
  log: string;
}

/** Ray's Jobs REST as Ray 2.60 answers (test/platform/ray.platform.ts asks a real one), and with what no Ray should answer. */
export async function startRayDashboard(token: string) {
  const jobs = new Map<string, Job>();
  /** Instead of an answer. */
  const faults: { next?: (response: ServerResponse) => void; stopsLate: boolean } = { stopsLate: false };
  const seen: { authorization: string | undefined; path: string }[] = [];
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  const send = (response: ServerResponse, code: number, body: unknown): void => {
    response.writeHead(code).end(typeof body === "string" ? body : JSON.stringify(body));
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authorization } = request.headers;
    seen.push({ authorization, path: request.url ?? "" });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (faults.next !== undefined) {
      const { next } = faults;
      delete faults.next;
      next(response);
      return;
    }
    if (authorization !== `Bearer ${token}`)
      return send(response, 403, "Forbidden: Invalid authentication token");
    const [, , , id, action] = (request.url ?? "").split("/");
    if (request.method === "POST" && id === "")
      return submit(response, Buffer.concat(chunks).toString("utf8"));
    const job = jobs.get(decodeURIComponent(id ?? ""));
    if (job === undefined) return send(response, 404, `Job ${id} does not exist`);
    if (action === "logs") return send(response, 200, { logs: job.log });
    if (action === undefined) return send(response, 200, job);
    if (!faults.stopsLate) Object.assign(job, { status: "STOPPED", end_time: 2_000 });
    return send(response, 200, { stopped: true });
  }

  function submit(response: ServerResponse, text: string): void {
    const body = JSON.parse(text) as Pick<Job, "submission_id" | "entrypoint" | "metadata">;
    const id = body.submission_id;
    if (jobs.has(id))
      return send(
        response,
        500,
        `Traceback (most recent call last):\nRuntimeError: Request failed with status code 400: Traceback\nValueError: Job with submission_id ${id} already exists.\n.`,
      );
    const common = { message: "Job has not started yet.", start_time: 1_000, end_time: null, log: "" };
    jobs.set(id, { ...body, ...common, status: "PENDING" });
    send(response, 200, { job_id: id, submission_id: id });
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    jobs,
    faults,
    seen,
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
