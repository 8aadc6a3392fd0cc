import type { ClusterStatus } from "../../actions/cluster-ports.ts";
import type { ClusterReport } from "../../actions/cluster/cluster-status.ts";
import { code, escapeMrkdwn, shorten, slackTime } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";
import { bar, context, section, type MessageView } from "./message.ts";

/** Nodes and GPUs: total, allocated, by whom; then who waits and why. */
export function clusterCard(reports: readonly ClusterReport[], texts: Texts): MessageView {
  const cards = reports.map((report): MessageView => {
    if (report.kind === "status") return statusCard(report.status, texts);
    const cluster = escapeMrkdwn(report.cluster);
    const message = escapeMrkdwn(shorten(report.message, 300));
    const text =
      report.kind === "unreachable"
        ? texts.clusterAway(cluster, message)
        : `${texts.clusterTitle(cluster)}: ${texts.platformForbidden(message)}`;
    return { text, blocks: [section(`⚠️ ${text}`)] };
  });
  return {
    text: shorten(cards.map((card) => card.text).join(" · "), 300),
    blocks: cards.flatMap((card) => card.blocks).slice(0, 50),
  };
}

function statusCard(status: ClusterStatus, texts: Texts): MessageView {
  const total = status.nodes.reduce((sum, node) => sum + node.total, 0);
  const used = status.nodes.reduce((sum, node) => sum + node.allocated, 0);
  const name = `${texts.clusterTitle(escapeMrkdwn(status.cluster))}${status.simulated ? ` (${texts.simulated})` : ""}`;
  const first = `${name} · ${texts.clusterTotals(used, total)}`;
  const nodes = status.nodes.map((node) => {
    const holders = node.holders
      .map((holder) => `${escapeMrkdwn(holder.owner)} ${holder.gpus} (${escapeMrkdwn(holder.run)})`)
      .join(", ");
    const state = node.ready ? "" : ` · ${texts.nodeNotReady}`;
    const share = node.total === 0 ? 0 : node.allocated / node.total;
    return `${bar(share, 8)} ${node.allocated}/${node.total} ${code(node.name)} ${escapeMrkdwn(node.gpuType)}${state}${holders === "" ? "" : `  ${holders}`}`;
  });
  const waiting = status.waiting.map(
    (pod) =>
      `⏳ ${code(pod.pod)} ${escapeMrkdwn(pod.owner)} · ${pod.gpus} GPU · ${escapeMrkdwn(shorten(pod.reason, 200))}`,
  );
  return {
    text: first,
    blocks: [
      section(`*${first}*`),
      ...paged(nodes.length === 0 ? [texts.noGpuNodes] : nodes),
      ...(waiting.length === 0 ? [] : [section(`*${texts.waitingPods}*`), ...paged(waiting.slice(0, 30))]),
      context(texts.observed(slackTime(status.observedAt, "{time_secs}"))),
    ],
  };
}

function paged(lines: readonly string[]) {
  const blocks = [];
  for (let index = 0; index < lines.length; index += 10)
    blocks.push(section(shorten(lines.slice(index, index + 10).join("\n"), 3_000)));
  return blocks;
}
