import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface LoggedRun {
  experiment: string;
  name: string;
  tags?: Readonly<Record<string, string>>;
  metrics: Readonly<Record<string, readonly { step: number; value: number; timestamp: number }[]>>;
}

/** What a tracking server of MLflow offers to who reads and to who logs; the contract holds it against a real one. */
export interface MlflowServer {
  url: string;
  log(run: LoggedRun): Promise<void>;
  close(): Promise<void>;
}

/** Answers of MLflow's REST in its own shapes, for the calls that are made here; everything else is a 404 as MLflow words it. */
export async function startMlflowStandIn(): Promise<MlflowServer & { requests: string[] }> {
  const runs: (LoggedRun & { id: string })[] = [];
  const requests: string[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const url = new URL(request.url ?? "/", "http://127.0.0.1");
      requests.push(`${request.method} ${url.pathname}`);
      const [status, answer] = answerTo(url, body, runs);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async log(run) {
      runs.push({ ...run, id: `${runs.length + 1}`.padStart(32, "0") });
    },
    close: () => new Promise<void>((done) => server.close(() => done()).closeAllConnections()),
  };
}

function answerTo(url: URL, body: unknown, runs: readonly (LoggedRun & { id: string })[]): [number, unknown] {
  const experiments = [...new Set(runs.map(({ experiment }) => experiment))];
  const idOf = (experiment: string) => String(experiments.indexOf(experiment) + 1);
  switch (url.pathname) {
    case "/api/2.0/mlflow/experiments/search":
      return [200, { experiments: experiments.map((name) => ({ experiment_id: idOf(name), name })) }];
    case "/api/2.0/mlflow/runs/search": {
      const { experiment_ids: ids, filter } = body as { experiment_ids: string[]; filter: string };
      const matches = readFilter(filter);
      if (matches === undefined)
        return [400, { error_code: "INVALID_PARAMETER_VALUE", message: `Invalid filter '${filter}'` }];
      const found = runs.filter((run) => ids.includes(idOf(run.experiment)) && matches(run)).slice(-1);
      return [200, found.length === 0 ? {} : { runs: found.map((run) => runOf(run, idOf(run.experiment))) }];
    }
    case "/api/2.0/mlflow/metrics/get-history": {
      const key = url.searchParams.get("metric_key") ?? "";
      const run = runs.find(({ id }) => id === url.searchParams.get("run_id"));
      if (run === undefined)
        return [404, { error_code: "RESOURCE_DOES_NOT_EXIST", message: "Run not found" }];
      return [200, { metrics: (run.metrics[key] ?? []).map((point) => ({ key, ...wire(point) })) }];
    }
    default:
      return [404, { error_code: "ENDPOINT_NOT_FOUND", message: url.pathname }];
  }
}

/** The two filters that are asked for; MLflow refuses others in words of its own. */
function readFilter(filter: string): ((run: LoggedRun) => boolean) | undefined {
  const tag = /^tags\.`([^`]+)` = '([^']*)'$/.exec(filter);
  if (tag !== null) return ({ tags }) => tags?.[tag[1] ?? ""] === tag[2];
  const name = /^attributes\.run_name LIKE '%([^%']*)%'$/.exec(filter);
  return name === null ? undefined : (run) => run.name.includes(name[1] ?? "");
}

function runOf(run: LoggedRun & { id: string }, experimentId: string) {
  return {
    info: { run_id: run.id, experiment_id: experimentId, run_name: run.name, status: "RUNNING" },
    data: {
      metrics: Object.entries(run.metrics).map(([key, points]) => ({
        key,
        ...wire(points.at(-1) ?? { step: 0, value: 0, timestamp: 0 }),
      })),
    },
  };
}

/** JSON knows no NaN: MLflow writes it as text. */
function wire({ step, value, timestamp }: { step: number; value: number; timestamp: number }) {
  return { value: Number.isFinite(value) ? value : String(value), timestamp, step };
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return parts.length === 0 ? undefined : JSON.parse(Buffer.concat(parts).toString("utf8"));
}
