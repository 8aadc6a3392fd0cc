import type { SchedulerCause } from "../../actions/training/waiting/scheduler-message.ts";
import type { RunAhead, WaitingReason } from "../../actions/training/waiting/waiting-explanation.ts";
import { code, escapeMrkdwn, shorten } from "../escape.ts";

const count = (gpus: number, type: string | undefined): string =>
  `${gpus} ${type === undefined ? `GPU${gpus === 1 ? "" : "s"}` : escapeMrkdwn(type)}`;
const words = (text: string): string => escapeMrkdwn(shorten(text, 500));
const nodes = (number: number): string => `${number} node${number === 1 ? "" : "s"}`;
const few = (waits: number, needed: number): string =>
  waits === 0
    ? "no similar waits are known"
    : `${waits} similar wait${waits === 1 ? " is" : "s are"} known, ${needed} are needed`;

/** Why a run waits and when it may start, in English. Facts are the platform's own words and escaped by the sentence. */
export const waitingTextsEn = {
  waiting: (title: string, waited: string) => `${title} · waiting ${waited}`,
  place: (place: number, of: number, queue: string) => `place ${place} of ${of} in ${escapeMrkdwn(queue)}`,
  reason: (reason: WaitingReason): string => reasonInEnglish(reason),
  ahead: (runs: string) => `Before it: ${runs}`,
  aheadOne: ({ title, owner, gpus, priority = 0 }: RunAhead) =>
    `${escapeMrkdwn(title)}${owner === undefined ? "" : ` of <@${owner}>`}${inBrackets(
      gpus !== undefined && `${gpus} GPU${gpus === 1 ? "" : "s"}`,
      priority !== 0 && `priority ${priority}`,
    )}`,
  holders: (runs: string) => `In use: ${runs}`,
  holder: (run: string, owner: string, gpus: number) =>
    `${gpus} by ${escapeMrkdwn(run)} (${escapeMrkdwn(owner)})`,
  andMore: (number: number) => `and ${number} more`,
  likely: (from: string, to: string, waits: number) =>
    `Likely start ${from} to ${to} (from ${waits} similar waits)`,
  longerThanUsual: (waits: number) =>
    `It has waited longer than nearly all of ${waits} similar runs, so there is no estimate.`,
  noHistory: (waits: number, needed: number) => `No estimate yet: ${few(waits, needed)}.`,
  notWaiting: (state: string) => `It does not wait: ${state}.`,
  unreachable: (message: string) =>
    `The cluster does not answer (${words(message)}), so the reason cannot be seen now. Try again in a minute.`,
  tryGpus: (gpus: number) => `Try with ${gpus} GPU${gpus === 1 ? "" : "s"}`,
  useType: (type: string) => `Use ${type}`,
  moveToQueue: (queue: string) => `Use queue ${queue}`,
  buttonWhy: "Why is it waiting?",
  gone: "This would not help any more: what it changes is no longer what the run waits for. Ask again with `/train why`.",
  stays: (run: string) =>
    `${code(run)} goes on waiting until you cancel it; starting this one does not end it.`,
  buttonCancelWaiting: "Cancel the waiting run",
  startedAfter: (line: string, waited: string) => `${line} · started after waiting ${waited}`,
  mayStart: "may start",
  startsNow: "now",
  startsAfter: (from: string, to: string, waits: number) =>
    `after ${from} to ${to} (from ${waits} similar waits)`,
  startsUnknown: (waits: number, needed: number) => `not now; no estimate yet, ${few(waits, needed)}`,
  startsNever: (gpus: number, type: string | undefined, largest: number) =>
    `never like this: no node has ${count(gpus, type)}, the largest has ${largest}`,
  freeOf: (free: number, total: number, type: string | undefined) =>
    `${free} of ${total} ${type === undefined ? "GPUs" : escapeMrkdwn(type)} free`,
  quotaAfter: "quota after",
  quota: (name: string, used: number, limit: number) =>
    `${used} of ${limit} GPUs (${escapeMrkdwn(name)})${used > limit ? ": it has to wait" : ""}`,
  cost: (gpuHours: string, amount: string) => `about ${gpuHours}, ${amount}`,
};

const inBrackets = (...parts: readonly (string | false)[]): string => {
  const said = parts.filter(Boolean).join(", ");
  return said === "" ? "" : ` (${said})`;
};

function reasonInEnglish(reason: WaitingReason): string {
  switch (reason.kind) {
    case "all-busy": {
      const { gpus, gpuType, largestFree } = reason;
      const free = largestFree?.gpus ?? 0;
      const none = `No node has ${count(gpus, gpuType)} free`;
      if (largestFree === undefined) return `${none}.`;
      return free === 0
        ? `${none}: none is free at all.`
        : `${none}: the largest free block is ${free} (${escapeMrkdwn(largestFree.node)}).`;
    }
    case "no-node-large-enough":
      return reason.largest === 0
        ? `The cluster has no node with ${reason.gpuType === undefined ? "GPUs" : escapeMrkdwn(reason.gpuType)}.`
        : `No node has ${count(reason.gpus, reason.gpuType)}: the largest has ${reason.largest}. It cannot start like this.`;
    case "resources-busy":
      return `GPUs are not the problem: no node has enough ${reason.resources.map(code).join(", ")} free.`;
    case "kueue-quota": {
      const where = reason.clusterQueue ?? reason.queue;
      if (reason.exceedsQuota === true)
        return `It asks for more than the quota of ${code(where)} ever allows. It cannot start like this: ${words(reason.words)}`;
      const lost =
        reason.evicted === undefined || reason.evicted === ""
          ? ""
          : ` It ran before and lost its place (${escapeMrkdwn(reason.evicted)}).`;
      if (reason.gpusMissing !== undefined)
        return `The quota of ${code(where)} is in use: ${reason.gpusMissing} more GPU${reason.gpusMissing === 1 ? " is" : "s are"} needed.${lost}`;
      return `${code(where)} has not let it in yet${reason.words === "" ? "." : `: ${words(reason.words)}`}${lost}`;
    }
    case "suspended":
      return reason.queue === undefined
        ? "It is suspended and holds no GPUs until it is resumed."
        : `It was taken out of the queue ${code(reason.queue)} and does not come back by itself.`;
    case "image-pull":
      return `Its image cannot be pulled${reason.image === undefined ? "" : `: ${code(reason.image)}`}. ${words(reason.words)}`;
    case "unschedulable":
      return `No node may take it: ${reason.causes.map(causeInEnglish).join(", ")}.`;
    case "volume-not-bound":
      return reason.claim === undefined
        ? `Its volume is not there yet: ${words(reason.words)}`
        : `Its volume claim ${code(reason.claim)} is not there: ${words(reason.words)}`;
    case "quota-exceeded":
      return `The namespace's quota${reason.quota === undefined ? "" : ` ${code(reason.quota)}`} lets no more pods be made: ${words(reason.words)}`;
    case "unknown":
      return reason.words === undefined || reason.words === ""
        ? "The platform has not said why yet. Usually its pods were made a moment ago."
        : `The platform says: ${words(reason.words)}`;
  }
  return reason satisfies never;
}

function causeInEnglish(cause: SchedulerCause): string {
  switch (cause.kind) {
    case "taint":
      return `${nodes(cause.nodes)} kept for something else${cause.taint === undefined ? "" : ` (taint ${code(cause.taint)})`}`;
    case "selector":
      return `${nodes(cause.nodes)} of another kind than it asks for`;
    case "cordoned":
      return `${nodes(cause.nodes)} taken out of use by an operator`;
    case "short":
      return `${nodes(cause.nodes)} without enough ${code(cause.resource)}`;
    case "volume":
    case "other":
      return words(cause.words);
  }
  return cause satisfies never;
}
