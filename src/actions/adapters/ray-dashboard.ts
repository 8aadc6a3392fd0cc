import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { z } from "zod";
import { ClusterForbiddenError, ClusterUnavailableError, type Cluster } from "../cluster-ports.ts";
import type { Identity } from "../ports.ts";
import type { RayDashboard, RayPlace } from "../training/engines/ray-job/ray-dashboard-port.ts";

export interface RayDashboardSettings {
  /** Where all Ray clusters' dashboards, or the only one's, can be reached; absent: through the API server, as the person. */
  url?: string | undefined;
  /** Of Ray's token authentication. */
  token?: string | undefined;
}

interface Call {
  method: "GET" | "POST";
  /** "/api/jobs/" */
  path: string;
  body?: unknown;
}
interface Answer {
  code: number;
  text: string;
}

/** The first job of a Ray cluster is accepted once its agent has started, which takes several seconds. */
const TIMEOUT_MS = 20_000;
/** A log comes in one piece; of a larger one the pods know the end. */
const MAX_ANSWER_BYTES = 8 * 1_024 * 1_024;
const PORT = "dashboard";

const jobSchema = z.looseObject({
  status: z.enum(["PENDING", "RUNNING", "STOPPED", "SUCCEEDED", "FAILED"]),
  message: z.string().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  /** Milliseconds. */
  start_time: z.number().nullish(),
  end_time: z.number().nullish(),
});
const logSchema = z.looseObject({ logs: z.string().nullish() });

/** Ray's Jobs REST, https://docs.ray.io/en/latest/cluster/running-applications/job-submission/rest.html */
export function createRayDashboard(
  clusters: ReadonlyMap<string, Cluster>,
  settings: ReadonlyMap<string, RayDashboardSettings>,
): RayDashboard {
  async function call(place: RayPlace, verb: string, as: Identity, what: Call): Promise<Answer> {
    const cluster = clusters.get(place.cluster);
    if (cluster === undefined) throw new Error(`cluster ${place.cluster} is not configured`);
    const { url, token } = settings.get(place.cluster) ?? {};
    let answer: Answer;
    if (url === undefined) {
      answer = await cluster.callService(
        { namespace: place.namespace, service: `${place.rayCluster}-head-svc`, port: PORT },
        {
          ...what,
          maxBytes: MAX_ANSWER_BYTES,
          timeoutMs: TIMEOUT_MS,
          // The API server takes Authorization for itself (ray #58819).
          headers: token === undefined ? {} : { "x-ray-authorization": `Bearer ${token}` },
        },
        as,
      );
    } else {
      // Behind an address of its own nobody knows the person: the cluster's rules for RayJobs hold there too.
      const { namespace } = place;
      const access = await cluster.mayI({ verb, group: "ray.io", resource: "rayjobs", namespace }, as);
      if (!access.allowed)
        throw new ClusterForbiddenError(
          access.reason || `${as.user} may not ${verb} RayJobs in ${namespace}`,
        );
      answer = await send(
        place,
        new URL(what.path.slice(1), url.endsWith("/") ? url : `${url}/`),
        token,
        what,
      );
    }
    // The head passes a refusal of its job agent on as its own failure.
    if (answer.code === 500 && /Request failed with status code 4\d\d/.test(answer.text))
      return { code: 400, text: answer.text };
    if (answer.code === 401 || answer.code === 403)
      throw new ClusterForbiddenError(`Ray's dashboard: ${messageOf(answer)}`);
    if (answer.code >= 500 || (answer.code >= 300 && answer.code < 400))
      throw new ClusterUnavailableError(place.cluster, `Ray's dashboard: ${messageOf(answer)}`);
    return answer;
  }

  return {
    async job(place, submissionId, as) {
      const answer = await call(place, "get", as, { method: "GET", path: pathOf(submissionId) });
      if (answer.code === 404)
        return isOfApiServer(answer)
          ? { kind: "no-dashboard", message: messageOf(answer) }
          : { kind: "no-job" };
      const { status, message, metadata, start_time, end_time } = read(place, jobSchema, answer);
      return {
        kind: "found",
        job: {
          status,
          metadata: metadata ?? {},
          ...(typeof message === "string" && { message }),
          ...(typeof start_time === "number" && { startedAt: new Date(start_time) }),
          ...(typeof end_time === "number" && { endedAt: new Date(end_time) }),
        },
      };
    },
    async submit(place, job, as) {
      const body = {
        entrypoint: job.entrypoint,
        submission_id: job.submissionId,
        metadata: job.metadata,
        ...(job.runtimeEnv !== undefined && { runtime_env: job.runtimeEnv }),
        ...(job.numCpus !== undefined && { entrypoint_num_cpus: job.numCpus }),
        ...(job.numGpus !== undefined && { entrypoint_num_gpus: job.numGpus }),
      };
      const answer = await call(place, "create", as, { method: "POST", path: "/api/jobs/", body });
      return answer.code < 300 ? { kind: "submitted" } : { kind: "refused", message: messageOf(answer) };
    },
    async stop(place, submissionId, as) {
      await call(place, "delete", as, { method: "POST", path: `${pathOf(submissionId)}/stop` });
    },
    async log(place, submissionId, as) {
      const answer = await call(place, "get", as, { method: "GET", path: `${pathOf(submissionId)}/logs` });
      if (answer.code >= 300) return undefined;
      const { logs } = read(place, logSchema, answer);
      return (logs ?? "").split("\n").filter((line, index, all) => line !== "" || index < all.length - 1);
    },
  };
}

const pathOf = (submissionId: string): string => `/api/jobs/${encodeURIComponent(submissionId)}`;

function read<Schema extends z.ZodType>(place: RayPlace, schema: Schema, answer: Answer): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(answer.text));
  } catch {
    throw new ClusterUnavailableError(
      place.cluster,
      `Ray's dashboard answers otherwise: ${messageOf(answer)}`,
    );
  }
}

/** What stands behind the proxy does not speak in Kubernetes' own words. */
const isOfApiServer = ({ text }: Answer): boolean => /"kind":\s*"Status"/.test(text.slice(0, 500));

function messageOf({ code, text }: Answer): string {
  try {
    const { message, msg } = JSON.parse(text) as { message?: string; msg?: string };
    if (message !== undefined || msg !== undefined) return (message ?? msg ?? "").slice(0, 300);
  } catch {
    // Plain text, as Ray's own refusals are.
  }
  // A refusal for which Ray shows where it was raised: the last line says why.
  const last = text.split("\n").findLast((line) => /[A-Za-z]{2}/.test(line)) ?? "";
  return last === "" ? `HTTP ${code}` : last.trim().slice(0, 300);
}

/** One call; redirects are not followed. Node's fetch is none for this: Ray takes its headers for a browser's. */
function send(place: RayPlace, url: URL, token: string | undefined, { method, body }: Call): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const away = (message: string): ClusterUnavailableError =>
    new ClusterUnavailableError(place.cluster, `Ray's dashboard: ${message}`);
  return new Promise((resolve, reject) => {
    const open = url.protocol === "https:" ? httpsRequest : httpRequest;
    const request = open(
      url,
      {
        method,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: {
          accept: "application/json",
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(text !== undefined && {
            "content-type": "application/json",
            "content-length": String(Buffer.byteLength(text)),
          }),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_ANSWER_BYTES) request.destroy(new Error("the answer is too large"));
          else chunks.push(chunk);
        });
        response.on("error", (error) => reject(away(error.message)));
        response.on("end", () =>
          resolve({ code: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
        );
      },
    );
    request.on("error", (error) => reject(away(error.message)));
    request.end(text);
  });
}
