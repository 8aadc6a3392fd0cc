import { code, escapeMrkdwn } from "../escape.ts";

/** What was looked up, beside what documents say. Marks say where each claim comes from. */
export const liveTextsEn = {
  markCluster: (cluster: string, time: string) => `cluster ${escapeMrkdwn(cluster)}, ${time}`,
  markRuns: (time: string) => `runs, ${time}`,
  markLimits: (time: string) => `limits, ${time}`,
  fromDocuments: "docs:",
  docsNothing: "docs: nothing about this.",
  docsAway: "docs: the search does not answer at the moment.",
  noRuns: "You have no runs that Jibsa follows.",
  moreRuns: (count: number) => `and ${count} more: ${code("/train list mine")}`,
  noFailure: (stage: string) =>
    stage === ""
      ? "None of your runs that Jibsa follows has failed."
      : `None of your runs of ${code(stage)} that Jibsa follows has failed.`,
  noGpus: "no GPUs",
  freeGpus: (free: number, total: number) => `${free} of ${total} GPUs free`,
  largest: (node: string, free: number) => `largest block ${free} on ${code(node)}`,
  waiting: (count: number) => `${count} pod${count === 1 ? "" : "s"} waiting`,
  quota: (name: string, namespace: string, used: number, limit: number) =>
    `quota ${code(name)} of ${code(namespace)}: ${used} of ${limit} GPUs in use`,
  noLimits: "No limit of Jibsa and no quota of a cluster counts your GPUs.",
  missing: (what: string, why: string) => `⚠️ Not known now: ${what} (${why}).`,
  whats: {
    "my-runs": "your runs",
    "free-gpus": "free GPUs",
    allowances: "your limits",
    run: "that run",
    "last-failure": "your last failed run",
  },
  onCluster: (what: string, cluster: string) => `${what} on ${escapeMrkdwn(cluster)}`,
  late: (seconds: number) => `no answer within ${seconds} s`,
  mode: "looked up",
  why: "It was looked up as you, by the same commands that you may type; no document was needed.",
};
