import type { RunStep } from "../../actions/training/engine-ports.ts";
import { code } from "../escape.ts";

/** Sentences about what is done to a run, its parts and its past. */
export const runTextsEn = {
  ended: (state: string) => `It has ended already: ${state}.`,
  notPossible: (why: string) =>
    why === "no-gate"
      ? "No gate of this run waits for a decision."
      : `This kind of run does not offer it${why === "" ? "." : `: ${why}`}`,
  suspended: "suspended",
  restarts: (count: number) => `${count} restart${count === 1 ? "" : "s"}`,
  stepOf: (done: number, total: number) => `${done} of ${total}`,
  stepState: (state: RunStep["state"]) => state as string,
  moreSteps: (count: number) => `and ${count} more`,
  gateWaits: (name: string, message: string) =>
    `✋ waits at ${name}${message === "" ? "" : `: ${message}`}. A decision lets it go on or ends it there.`,
  buttonGateApprove: "Approve",
  buttonGateReject: "Reject",
  gateConfirm: (run: string, gate: string) => `${run} goes on after ${gate}.`,
  gateRejectConfirm: (run: string, gate: string) =>
    `${run} ends at ${gate}. What has run until there is kept.`,
  confirmGo: "Yes",
  confirmBack: "Back",
  buttonSuspend: "Suspend",
  buttonResume: "Resume",
  buttonAgain: "Same again",
  buttonContinue: "Continue where it failed",
  buttonBest: (stage: string) => `Train ${stage} with the best`,
  continueOf: (title: string) => `Continue ${title}`,
  continueConsequence: "What succeeded is kept; the steps that failed run again.",
  trialsOf: (title: string) => `More trials for ${title}`,
  trialsConsequence: "The sweep goes on until it has made that many.",
  buttonTrials: "Give more trials",
  buttonRemedy: "Try the proposal",
  suspendOf: (title: string) => `Suspend ${title}`,
  suspendConsequence:
    "Its GPUs are given back and its pods end. It goes on from its last checkpoint when it is resumed.",
  resumeOf: (title: string) => `Resume ${title}`,
  resumeConsequence: "It asks for its GPUs again and waits for its turn.",
  followOf: (title: string) => `Follow ${title}`,
  followConsequence: "Nothing is changed: a message here follows it, and you are its owner here.",
  buttonFollow: "Follow",
  cleanOf: (count: string) => `Delete what is left of ${count} run${count === "1" ? "" : "s"}`,
  cleanConsequence:
    "The objects, their pods and the pods' logs are deleted. What was learned of them stays here.",
  buttonClean: "Delete",
  gateOf: (title: string) => `Decide a gate of ${title}`,
  gateConsequence: "The run goes on or ends there; this cannot be taken back.",
  trials: (done: number, planned: number) => `${done} of ${planned} trials`,
  trialBest: (name: string, metrics: string, parameters: string) =>
    `best so far ${code(name)}: ${metrics} with ${parameters}`,
  noTrials: "No trial has told a value yet.",
  proposal: (changes: string) => `*Proposal*  ${changes}`,
  lastStep: (step: number, total: number | undefined) =>
    total === undefined ? `step ${step}` : `step ${step} of ${total}`,
  lastCheckpoint: (step: number) => `last checkpoint step ${step}`,
  steps: "steps",
  stepPlan: (gpus: number, hours: string) => `${gpus} GPU · ${hours}`,
  stepGate: "✋ asks before",
  pipelineGate: (stage: string) => `✋ waits before ${stage}. A decision lets it go on or ends it there.`,
  pipelineLimit: (stage: string) =>
    `${stage} waits: a limit of its owner is used up. It starts by itself when something ends.`,
  holdPlan: (time: string, auto: boolean) =>
    auto
      ? `starts by itself when its GPUs are free, until ${time}`
      : `you are asked when its GPUs are free, until ${time}`,
  holdWaits: (time: string) => `⏳ waits until its GPUs are free, at most until ${time}.`,
  holdOffered: (time: string) => `✋ its GPUs are free. Start it before ${time}, or others come first.`,
  holdMissed: (time: string) =>
    `⏳ not started in time; you are asked again after ${time}, if they are free.`,
  holdTurn: (person: string, title: string, time: string) =>
    `${person} the GPUs for ${title} are free. Start it before ${time} with the button above.`,
  buttonClaim: "Start now",
  buttonDrop: "Drop it",
  holdWhen: "when",
  gateDecided: "Your decision is counted. The pipeline's message shows it.",
  gateLate: "It does not wait there any more: somebody was first, or it has ended.",
  pipelines: "Pipelines",
  scheduleTitle: (count: number) => `${count === 1 ? "1 schedule" : `${count} schedules`} of the platforms`,
  noSchedules: "No platform starts anything by itself here: there is no CronWorkflow and no recurring run.",
  scheduleSuspended: "suspended",
  lastScheduled: "last",
  everySeconds: (seconds: number) => `every ${seconds} s`,
  moreSchedules: (count: number) => `and ${count} more`,
  scheduleTrouble: { forbidden: "You may not see them", away: "They cannot be read now" },
  historyTitle: "Runs that ended",
  noHistory: "No run has ended here yet.",
  defaults: "defaults",
  diffTitle: (first: string, second: string) => `${first} against ${second}`,
  noDiff: "They were started with the same.",
  buttonMore: "More",
};
