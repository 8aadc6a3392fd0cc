import type { LowGpuReason } from "../../actions/training/metrics/judge-gpu-use.ts";
import { code, escapeMrkdwn } from "../escape.ts";

/** Loss, learning rate and the like, charts and logs, in English. */
export const metricsTextsEn = {
  loss: (value: string, change: string | undefined) =>
    `loss ${value}${change === undefined ? "" : ` (${change})`}`,
  lossChange: (by: string, minutes: number) => `${by} in ${minutes} min`,
  evalLoss: (value: string) => `eval ${value}`,
  learningRate: (value: string) => `lr ${value}`,
  tokensPerSecond: (value: string) => `${value} tok/s`,
  gpuUse: (percent: number) => `GPU ${percent} %`,
  buttonChart: "Chart",
  chartTitle: (title: string) => `Loss of ${title}`,
  chartAlt: (title: string, points: number, first: string, last: string, step: number) =>
    `Line chart of the loss of ${title}: ${points} points, from ${first} to ${last} at step ${step}`,
  chartEval: (last: string) => `, evaluation loss last ${last}`,
  chartMissing: (run: string) =>
    `There are not two values of the loss of ${code(run)} yet. They are read from MLflow, or from lines like \`step 812/4100 loss 1.24\` in its log.`,
  lowGpu: (person: string, percent: number, minutes: number, reason: string) =>
    `${person} The GPUs are hardly used: ${percent} % on average over ${minutes} min. ${reason}`,
  lowGpuReason: (reason: LowGpuReason): string => {
    switch (reason.kind) {
      case "some-pods-idle":
        return `Likely: some workers compute and others do not (${reason.pods.map((pod) => code(pod)).join(", ")}). Look into their logs.`;
      case "no-new-step":
        return `Likely: it hangs, or it waits for data, a download or a checkpoint. Its last step was ${reason.minutes} min ago.`;
      case "no-step-yet":
        return "Likely: it still loads data or the model. No step was seen so far.";
      case "starved":
        return "Likely: data arrives too slowly, or the batches are too small. Steps go on, and the GPUs wait in between.";
    }
    return reason satisfies never;
  },
  chartSent: {
    run: "The chart comes into the thread of the run's message.",
    direct: "The chart comes into your direct messages with me.",
  },
  logsAsFile: "Longer than a message: the whole is in the file.",
  logsAsDirectFile: "Longer than a message: the whole is in a file in your direct messages with me.",
  logsFile: (run: string) => `Log of ${run}`,
  noMatch: (filter: string) => `No line of the log holds ${code(filter)}.`,
  filtered: (filter: string) => `lines with ${code(filter)}`,
  following: (title: string, filter: string) =>
    `${title} · live${filter === "" ? "" : ` · lines with ${code(filter)}`}`,
  followed: (title: string, filter: string, because: "stopped" | "time" | "run-ended" | "refused" | null) =>
    `${title}${filter === "" ? "" : ` · lines with ${code(filter)}`} · ${
      {
        stopped: "stopped",
        time: "ended after 10 minutes",
        "run-ended": "the run has ended",
        refused: "you may no longer see it",
      }[because ?? "stopped"]
    }`,
  buttonStop: "Stop",
  followStarted: {
    run: "The log goes on in the thread of the run's message, for 10 minutes or until you stop it.",
    direct: "The log goes on in your direct messages with me, for 10 minutes or until you stop it.",
  },
  followLimit: (most: number) =>
    `${most} logs are followed at the same time already. Stop one of them first.`,
  followNotYours: "Only who follows this log, or the owner of the run, can stop it.",
  fileRefused: (name: string, error: string) =>
    `${escapeMrkdwn(name)} could not be uploaded: Slack says ${code(error)}.`,
};
