import type { ServerResponse } from "node:http";
import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import { isOver, podSpecOf, podStatusOf } from "../objects/pod-shapes.ts";
import type { ApiServices, PodLogLine } from "./api-services.ts";
import { badRequest, invalid, notFound } from "../errors/refusals.ts";
import { invalidValue, type StatusCause } from "../errors/status-causes.ts";
import { isTrue } from "./parse-resource-request.ts";

const LOG_OPTIONS = { group: "", kind: "PodLogOptions" };

interface LogOptions {
  tailLines: number | undefined;
  limitBytes: number | undefined;
  sinceMs: number | undefined;
  timestamps: boolean;
}

/** `pods/<name>/log`: container, previous, tailLines, sinceSeconds or sinceTime, timestamps, limitBytes, follow. */
export function serveLogs(
  services: ApiServices,
  read: () => KubernetesObject | undefined,
  query: URLSearchParams,
  name: string,
  response: ServerResponse,
): void {
  const pod = read();
  if (!pod) throw notFound({ group: "", resource: "pods" }, name);
  const options = readOptions(query, name, services.clock.nowMs());
  const container = containerOf(pod, query.get("container"));
  const previous = isTrue(query.get("previous"));
  const lines = services.readLog(pod, previous);
  if (!lines) {
    if (previous) throw badRequest(`previous terminated container "${container}" in pod "${name}" not found`);
    // A pod without a node has no kubelet that could answer.
    if (podSpecOf(pod).nodeName !== undefined)
      throw badRequest(
        `container "${container}" in pod "${name}" is waiting to start: ${waitingReason(pod)}`,
      );
  }
  if (!lines) {
    response.writeHead(204).end();
    return;
  }
  response.writeHead(200, { "content-type": "text/plain; charset=utf-8" });
  const text = Buffer.from(
    select(lines, options)
      .map((line) => format(line, options))
      .join(""),
  );
  const limited = options.limitBytes === undefined ? text : text.subarray(0, options.limitBytes);
  if (limited.length > 0) response.write(limited);
  if (!isTrue(query.get("follow")) || previous || limited.length < text.length) {
    response.end();
    return;
  }
  follow(services, read, lines.at(-1), options, response);
}

function follow(
  services: ApiServices,
  read: () => KubernetesObject | undefined,
  lastSent: PodLogLine | undefined,
  options: LogOptions,
  response: ServerResponse,
): void {
  response.flushHeaders();
  const uid = read()?.metadata.uid;
  let last = lastSent;
  const advance = (): void => {
    const pod = read();
    const lines = pod?.metadata.uid === uid && pod ? (services.readLog(pod, false) ?? []) : [];
    const position = lines.findLastIndex((line) => line.atMs === last?.atMs && line.text === last.text);
    for (const line of lines.slice(position + 1)) {
      response.write(format(line, options));
      last = line;
    }
    if (!pod || pod.metadata.uid !== uid || isOver(pod)) response.end();
  };
  const stop = services.clock.onTick(advance);
  response.on("close", stop);
  advance();
}

function readOptions(query: URLSearchParams, name: string, nowMs: number): LogOptions {
  const causes: StatusCause[] = [];
  const number = (field: string, least: number): number | undefined => {
    const text = query.get(field);
    if (text === null) return undefined;
    const value = Number(text);
    if (!Number.isInteger(value) || value < least)
      causes.push(
        invalidValue(
          field,
          value,
          least === 0 ? "must be greater than or equal to 0" : "must be greater than 0",
        ),
      );
    return value;
  };
  const tailLines = number("tailLines", 0);
  const limitBytes = number("limitBytes", 1);
  const sinceSeconds = number("sinceSeconds", 1);
  const sinceTime = query.get("sinceTime");
  if (sinceTime !== null && sinceSeconds !== undefined)
    causes.push({
      reason: "FieldValueForbidden",
      field: "",
      message: "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified",
    });
  if (sinceTime !== null && Number.isNaN(Date.parse(sinceTime)))
    causes.push(invalidValue("sinceTime", sinceTime, "must be a time"));
  if (causes.length > 0) throw invalid(LOG_OPTIONS, name, causes);
  const sinceMs = sinceTime === null ? undefined : Date.parse(sinceTime);
  return {
    tailLines,
    limitBytes,
    sinceMs: sinceSeconds === undefined ? sinceMs : nowMs - sinceSeconds * 1_000,
    timestamps: isTrue(query.get("timestamps")),
  };
}

function containerOf(pod: KubernetesObject, wanted: string | null): string {
  const names = (podSpecOf(pod).containers ?? []).map(({ name }) => name);
  if (wanted === null) {
    if (names.length > 1)
      throw badRequest(
        `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names.join(" ")}]`,
      );
    return names[0] ?? "";
  }
  if (!names.includes(wanted))
    throw badRequest(`container ${wanted} is not valid for pod ${pod.metadata.name}`);
  return wanted;
}

function waitingReason(pod: KubernetesObject): string {
  const waiting = podStatusOf(pod).containerStatuses?.[0]?.state?.waiting;
  if (waiting?.message === undefined) return waiting?.reason ?? "ContainerCreating";
  return `${waiting.reason}: ${waiting.message}`;
}

function select(lines: readonly PodLogLine[], { sinceMs, tailLines }: LogOptions): readonly PodLogLine[] {
  const recent = sinceMs === undefined ? lines : lines.filter(({ atMs }) => atMs >= sinceMs);
  if (tailLines === undefined) return recent;
  return tailLines === 0 ? [] : recent.slice(-tailLines);
}

function format({ atMs, text }: PodLogLine, { timestamps }: LogOptions): string {
  const time = new Date(Math.round(atMs)).toISOString().replace("Z", "000000Z");
  return `${timestamps ? `${time} ` : ""}${text}\n`;
}
