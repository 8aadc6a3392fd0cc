import type { ClusterStatus } from "../../actions/cluster-ports.ts";
import type { Allowances } from "../../actions/read-allowances.ts";
import type { RunRow } from "../../actions/training/find-run.ts";
import { localTime } from "../live/local-time.ts";
import type { LiveFact, LiveFacts } from "../live/look-up-live.ts";
import { code, escapeMrkdwn, shorten } from "../escape.ts";
import { formatNumber } from "../texts/en.ts";
import type { Texts } from "../texts/texts.ts";
import { runLine } from "./run-line.ts";
import { failureText } from "./run-parts.ts";
import { waitingLine } from "./waiting-line.ts";

/** Each claim with where it comes from; then what is missing. Markdown. */
export function liveText({ facts, missing }: Pick<LiveFacts, "facts" | "missing">): string {
  return [...facts.map(({ text, mark }) => `${text} _(${mark})_`), ...missing].join("\n");
}

/** Its state and how far it is, as of when the cluster was last heard of. */
export function runFact(run: RunRow, texts: Texts, zone: string): LiveFact {
  const waits = waitingLine(run, texts);
  const parts = [
    `${runLine(run, run.simulated, texts)} ${code(run.name)}`,
    ...(waits === undefined ? [] : [waits]),
  ];
  return { text: parts.join(" · "), mark: markOf(run, texts, zone) };
}

/** Why it failed, as far as its log and its pods told; none where it has not. */
export function failureFact(run: RunRow, texts: Texts, zone: string): LiveFact[] {
  if (run.state !== "failed") return [];
  const text = failureText(run, texts) ?? (run.reason && escapeMrkdwn(shorten(run.reason, 900)));
  return text === null || text === "" ? [] : [{ text: `${text}\n`, mark: markOf(run, texts, zone) }];
}

function markOf(run: RunRow, texts: Texts, zone: string): string {
  const at = run.ended_at ?? run.observed_at ?? run.created_at;
  return texts.live.markCluster(run.cluster, localTime(at, zone));
}

export function gpuFact(status: ClusterStatus, texts: Texts, zone: string): LiveFact[] {
  const words = texts.live;
  const nodes = status.nodes.filter(({ ready }) => ready);
  const total = nodes.reduce((sum, node) => sum + node.total, 0);
  const free = nodes.reduce((sum, node) => sum + node.total - node.allocated, 0);
  const types = new Map<string, { free: number; total: number }>();
  for (const node of nodes) {
    const known = types.get(node.gpuType) ?? { free: 0, total: 0 };
    types.set(node.gpuType, {
      free: known.free + node.total - node.allocated,
      total: known.total + node.total,
    });
  }
  const ofTypes = [...types]
    .filter(([type]) => type !== "")
    .map(([type, count]) => `${escapeMrkdwn(type)} ${count.free}/${count.total}`);
  const largest = nodes.toSorted((a, b) => b.total - b.allocated - (a.total - a.allocated))[0];
  const parts = [
    ...ofTypes,
    ...(largest !== undefined && free > 0
      ? [words.largest(largest.name, largest.total - largest.allocated)]
      : []),
    ...(status.waiting.length > 0 ? [words.waiting(status.waiting.length)] : []),
  ];
  const first = total === 0 ? words.noGpus : words.freeGpus(free, total);
  const simulated = status.simulated ? ` (${texts.simulated})` : "";
  const mark = words.markCluster(status.cluster, localTime(status.observedAt, zone));
  return [{ text: `${[first, ...parts].join(" · ")}${simulated}`, mark }];
}

export function allowanceFacts(
  { limits, quotas, missing }: Allowances,
  now: Date,
  texts: Texts,
  zone: string,
): readonly LiveFact[] {
  const words = texts.live;
  const time = localTime(now, zone);
  if (limits.length + quotas.length + missing.length === 0)
    return [{ text: words.noLimits, mark: words.markLimits(time) }];
  return [
    ...limits.map(({ per, measure, used, allowed }) => ({
      text: `${texts.limits.title(per, measure)}: ${formatNumber(used)} / ${formatNumber(allowed)}`,
      mark: words.markLimits(time),
    })),
    ...quotas.map(({ cluster, namespace, name, used, limit }) => ({
      text: words.quota(name, namespace, used, limit),
      mark: words.markCluster(cluster, time),
    })),
  ];
}
