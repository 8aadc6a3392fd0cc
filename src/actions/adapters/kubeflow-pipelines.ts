import type { Identity, Result } from "../ports.ts";
import type {
  KubeflowPipelines,
  PipelinesRefusal,
  PipelineRun,
} from "../training/engines/kubeflow-pipeline/kubeflow-pipelines-port.ts";
import {
  experimentPage,
  experimentSchema,
  healthSchema,
  pipelineSchema,
  readRecurringRun,
  readRun,
  readVersion,
  recurringRunPage,
  recurringRunSchema,
  runPage,
  runSchema,
  versionPage,
  versionSchema,
} from "./kubeflow-pipelines-answers.ts";
import { createPipelinesRest, type PipelinesAuth } from "./kubeflow-pipelines-rest.ts";

const PAGE_SIZE = 100;
/** As many runs of one name there will never be; versions of one pipeline may. */
const MOST_PAGES = 20;

/** Kubeflow Pipelines 2.14 to 2.18. Nothing is connected before it is used. */
export function createKubeflowPipelines(options: {
  cluster: string;
  /** Up to "/apis", e.g. https://kubeflow.example.com/pipeline */
  url: string;
  /** Single-user mode: where all pods are, and no namespaces are sent. Undefined: multi-user mode, everything belongs to the stage's namespace. */
  namespace: string | undefined;
  auth: PipelinesAuth;
}): KubeflowPipelines {
  const rest = createPipelinesRest(options);
  const inNamespace = (namespace: string): Record<string, string> =>
    options.namespace === undefined ? { namespace } : {};

  /** All pages of a list. */
  async function list<Item>(
    path: string,
    query: Readonly<Record<string, string>>,
    read: (page: unknown) => { items: readonly Item[]; next: string },
    as: Identity,
  ): Promise<Result<Item[], PipelinesRefusal>> {
    const items: Item[] = [];
    let token = "";
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const paged = { ...query, page_size: String(PAGE_SIZE), ...(token !== "" && { page_token: token }) };
      const answer = await rest.call({ method: "GET", path, query: paged, as });
      if (!answer.ok) return answer;
      const { items: found, next } = read(answer.value);
      items.push(...found);
      token = next;
      if (token === "") break;
    }
    return { ok: true, value: items };
  }

  async function post<Value>(
    path: string,
    body: unknown,
    read: (answer: unknown) => Value,
    as: Identity,
  ): Promise<Result<Value, PipelinesRefusal>> {
    const answer = await rest.call({ method: "POST", path, body, as });
    return answer.ok ? { ok: true, value: read(answer.value) } : answer;
  }

  async function get<Value>(
    path: string,
    query: Readonly<Record<string, string>>,
    read: (answer: unknown) => Value,
    as: Identity,
  ): Promise<Result<Value, PipelinesRefusal>> {
    const answer = await rest.call({ method: "GET", path, query, as });
    return answer.ok ? { ok: true, value: read(answer.value) } : answer;
  }

  const nothing = (): void => {};
  const idOf = (id: string): string => encodeURIComponent(id);

  return {
    async isReachable() {
      try {
        const as = { user: "jibsa:doctor", groups: [] };
        const answer = await get("/healthz", {}, (health) => healthSchema.parse(health), as);
        return answer.ok
          ? { reachable: true, multiUser: answer.value.multi_user === true }
          : { reachable: false, reason: answer.failure.message };
      } catch (error) {
        return { reachable: false, reason: error instanceof Error ? error.message : String(error) };
      }
    },
    podNamespace: (namespace) => options.namespace ?? namespace,
    async findPipeline(name, namespace, as) {
      const path = `/pipelines/names/${encodeURIComponent(name)}`;
      const read = (answer: unknown) => ({ pipelineId: pipelineSchema.parse(answer).pipeline_id });
      const own = await get(path, inNamespace(namespace), read, as);
      if (own.ok || own.failure.kind !== "not-found" || options.namespace !== undefined) return own;
      return get(path, {}, read, as);
    },
    async findVersion(pipelineId, name, as) {
      const path = `/pipelines/${idOf(pipelineId)}/versions`;
      const found = await list(path, { sort_by: "created_at desc" }, versionPage, as);
      if (!found.ok) return found;
      const version =
        name === undefined
          ? found.value[0]
          : found.value.find((one) => one.name === name || one.display_name === name);
      return version === undefined
        ? missing(
            name === undefined ? "the pipeline has no version" : `the pipeline has no version "${name}"`,
          )
        : { ok: true, value: readVersion(version) };
    },
    getVersion({ pipelineId, versionId }, as) {
      const path = `/pipelines/${idOf(pipelineId)}/versions/${idOf(versionId)}`;
      return get(path, {}, (answer) => readVersion(versionSchema.parse(answer)), as);
    },
    async findExperiment(name, namespace, as) {
      const query = { ...inNamespace(namespace), filter: equals("display_name", name) };
      const found = await list("/experiments", query, experimentPage, as);
      if (!found.ok) return found;
      const one = found.value.find((experiment) => experiment.storage_state !== "ARCHIVED");
      return { ok: true, value: one && { experimentId: one.experiment_id } };
    },
    createExperiment(name, namespace, as) {
      const body = { display_name: name, ...inNamespace(namespace) };
      return post(
        "/experiments",
        body,
        (answer) => ({ experimentId: experimentSchema.parse(answer).experiment_id }),
        as,
      );
    },
    async findRuns(displayName, namespace, as) {
      const query = { ...inNamespace(namespace), filter: equals("display_name", displayName) };
      const found = await list("/runs", query, runPage, as);
      return found.ok ? { ok: true, value: found.value.map(readRun).toSorted(byAge) } : found;
    },
    getRun: (runId, as) => get(`/runs/${idOf(runId)}`, {}, (answer) => readRun(runSchema.parse(answer)), as),
    createRun(draft, as) {
      const body = draftBody(draft);
      return post("/runs", body, (answer) => readRun(runSchema.parse(answer)), as);
    },
    terminateRun: (runId, as) => post(`/runs/${idOf(runId)}:terminate`, undefined, nothing, as),
    retryRun: (runId, as) => post(`/runs/${idOf(runId)}:retry`, undefined, nothing, as),
    async listRecurringRuns(namespace, as) {
      const found = await list("/recurringruns", inNamespace(namespace), recurringRunPage, as);
      return found.ok ? { ok: true, value: found.value.map(readRecurringRun) } : found;
    },
    createRecurringRun(draft, as) {
      const { schedule, maxConcurrency } = draft;
      const trigger =
        "cron" in schedule
          ? { cron_schedule: { cron: schedule.cron } }
          : { periodic_schedule: { interval_second: String(schedule.intervalSeconds) } };
      // int64 is a text in JSON.
      const body = { ...draftBody(draft), trigger, max_concurrency: String(maxConcurrency), mode: "ENABLE" };
      return post("/recurringruns", body, (answer) => readRecurringRun(recurringRunSchema.parse(answer)), as);
    },
    enableRecurringRun(recurringRunId, isEnabled, as) {
      const verb = isEnabled ? "enable" : "disable";
      return post(`/recurringruns/${idOf(recurringRunId)}:${verb}`, undefined, nothing, as);
    },
    async deleteRecurringRun(recurringRunId, as) {
      const answer = await rest.call({
        method: "DELETE",
        path: `/recurringruns/${idOf(recurringRunId)}`,
        as,
      });
      return answer.ok ? { ok: true, value: undefined } : answer;
    },
  };
}

const missing = (message: string): { ok: false; failure: PipelinesRefusal } => ({
  ok: false,
  failure: { kind: "not-found", message },
});

const equals = (key: string, value: string): string =>
  JSON.stringify({ predicates: [{ key, operation: "EQUALS", string_value: value }] });

/** In the order of their making; in the same second by id, so that everybody sees the same one first. */
const byAge = (a: PipelineRun, b: PipelineRun): number =>
  Date.parse(a.createdAt) - Date.parse(b.createdAt) || (a.runId < b.runId ? -1 : 1);

function draftBody(draft: Parameters<KubeflowPipelines["createRun"]>[0]): Record<string, unknown> {
  const { version, parameters, pipelineRoot, serviceAccount } = draft;
  return {
    display_name: draft.displayName,
    description: draft.description,
    experiment_id: draft.experimentId,
    pipeline_version_reference: { pipeline_id: version.pipelineId, pipeline_version_id: version.versionId },
    runtime_config: { parameters, ...(pipelineRoot !== undefined && { pipeline_root: pipelineRoot }) },
    ...(serviceAccount !== undefined && { service_account: serviceAccount }),
  };
}
