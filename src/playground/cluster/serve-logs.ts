import type { ServerResponse } from "node:http";
import { ApiError } from "./api-error.ts";
import type { ClusterClock } from "./cluster-clock.ts";
import { timeText, type KubeObject, type PodSpec } from "./kube-object.ts";
import { logLines, placedAt } from "./simulated-life.ts";

/** GET …/pods/x/log: tailLines, sinceSeconds, timestamps, limitBytes, follow. */
export function serveLogs(options: {
  readPod: () => KubeObject;
  query: URLSearchParams;
  clock: ClusterClock;
  trainingDurationMs: number;
  response: ServerResponse;
}): void {
  const { query, clock, response } = options;
  const pod = options.readPod();
  const container = query.get("container");
  const names = ((pod["spec"] as PodSpec).containers ?? []).map(({ name }) => name);
  if (container !== null && !names.includes(container))
    throw new ApiError(400, "BadRequest", `container ${container} is not valid for pod ${pod.metadata.name}`);
  const linesOf = (current: KubeObject) => {
    const placedAtMs = placedAt(current);
    return placedAtMs === undefined ? [] : logLines(current, placedAtMs, clock, options.trainingDurationMs);
  };
  let lines = linesOf(pod);
  if (lines.length === 0)
    throw new ApiError(
      400,
      "BadRequest",
      `container "${container ?? names[0] ?? ""}" in pod "${pod.metadata.name}" is waiting to start: ContainerCreating`,
    );
  const since = Number(query.get("sinceSeconds"));
  if (since > 0) lines = lines.filter(({ atMs }) => atMs >= clock.nowMs() - since * 1_000);
  const tail = query.get("tailLines");
  let sent = linesOf(pod).length;
  if (tail !== null && Number.isInteger(Number(tail)) && Number(tail) >= 0)
    lines = Number(tail) === 0 ? [] : lines.slice(-Number(tail));
  const format = ({ atMs, text }: { atMs: number; text: string }) =>
    `${query.get("timestamps") === "true" ? `${timeText(atMs)} ` : ""}${text}\n`;
  response.writeHead(200, { "content-type": "text/plain; charset=utf-8" });
  const limit = Number(query.get("limitBytes"));
  const text = lines.map(format).join("");
  response.write(limit > 0 ? text.slice(0, limit) : text);
  if (query.get("follow") !== "true") {
    response.end();
    return;
  }
  const stop = clock.onTick(() => {
    let current: KubeObject;
    try {
      current = options.readPod();
    } catch {
      response.end();
      return;
    }
    const all = linesOf(current);
    for (const line of all.slice(sent)) response.write(format(line));
    sent = all.length;
    const { phase } = (current["status"] ?? {}) as { phase?: string };
    if (phase === "Succeeded" || phase === "Failed") response.end();
  });
  response.on("close", stop);
}
