import type { Locale, RequestState, RunState } from "../../store/database.ts";
import { code } from "../escape.ts";
import { answerTextsEn } from "./answer-texts-en.ts";
import { comparisonTextsEn } from "./comparison-texts-en.ts";
import { curatedTextsEn } from "./curated-texts-en.ts";
import { waitingTextsEn } from "./waiting-texts-en.ts";
import { gapReportTextsEn } from "./gap-report-texts-en.ts";
import { glossaryTextsEn } from "./glossary-texts-en.ts";
import { limitTextsEn } from "./limit-texts-en.ts";
import { liveTextsEn } from "./live-texts-en.ts";
import { metricsTextsEn } from "./metrics-texts-en.ts";
import { sourceTextsEn } from "./source-texts-en.ts";
import { modelTextsEn } from "./model-texts-en.ts";
import { summaryTextsEn } from "./summary-texts-en.ts";
import { proposalTextsEn } from "./proposal-texts-en.ts";
import { safetyTextsEn } from "./safety-texts-en.ts";
import { problemInEnglish } from "./problem-texts-en.ts";
import { runTextsEn } from "./run-texts-en.ts";

/** Every sentence that people read, in English. Arguments are escaped by the sentence where they are free text. */
export const en = {
  locale: "en" as Locale,
  runState: (state: RunState) => state as string,
  requestState: (state: RequestState) =>
    ({ previewed: "preview", "needs-approval": "waiting for approval", parked: "given up" })[
      state as string
    ] ?? state,
  simulated: "simulated",
  preview: "preview, nothing has started",
  start: (title: string) => `Start ${title}`,
  cancelOf: (title: string) => `Cancel ${title}`,
  cancelConsequence: "The job and its pods are deleted. What was not saved as a checkpoint is lost.",
  gpus: "GPUs",
  gpuLine: (gpus: number, type: string | undefined, hours: string, basis: string) =>
    gpus === 0 ? "none" : `${gpus} x ${type ?? "GPU"} for about ${hours} (${basis})`,
  gpuHours: (hours: number) => `${formatNumber(hours)} GPU-hours`,
  basisCatalogue: "catalogue's estimate, too few runs so far",
  basisHistory: (runs: number) => `median of the last ${runs} runs`,
  changes: "changes",
  noChanges: "none, the stage's defaults",
  freeNow: "free now",
  freeLine: (free: number, total: number) => `${free} of ${total}`,
  checked: "checked",
  dryRunAccepted: "dry run accepted",
  dryRunRefused: (message: string) => `dry run refused: ${message}`,
  dryRunUnreachable: (message: string) =>
    `the cluster does not answer (${message}); it will be checked when it starts`,
  youMay: "you may create it here",
  youMayNot: (reason: string) =>
    `the cluster will not let you create it${reason === "" ? "" : `: ${reason}`}`,
  needs: "needs",
  needsNothing: "no approval",
  needsApproval: (quorum: number, approvers: string, rule: string) =>
    `${quorum} approval${quorum === 1 ? "" : "s"} of ${approvers} (${rule})`,
  hours: (hours: number) =>
    hours < 1 / 60
      ? "less than 1 min"
      : hours < 1
        ? `${Math.round(hours * 60)} min`
        : `${formatNumber(hours)} h`,
  buttonStart: "Start",
  buttonAsk: "Ask for approval",
  buttonDiscard: "Discard",
  buttonApprove: "Approve",
  buttonReject: "Reject",
  buttonLogs: "Logs",
  buttonCancel: "Cancel run",
  buttonObject: "Full object",
  buttonForm: "Open the form",
  confirmTitle: "Are you sure?",
  confirmYes: "Yes, cancel it",
  confirmNo: "Keep it running",
  asks: (name: string, title: string, hours: string) => `${name} asks to start ${title} · ${hours}`,
  expiresAt: (time: string, done: number, quorum: number) => `expires ${time} · ${done} of ${quorum}`,
  approvedBy: (people: string) => `approved by ${people}`,
  rejectedBy: (people: string) => `rejected by ${people}`,
  expired: "Nobody approved it in time. Start it again to ask anew.",
  queuedNext: "The job is being created; this message follows it.",
  waitingFor: (reason: string) => `waiting: ${reason}`,
  cancelling: "being cancelled",
  timeLeft: (hours: string) => (hours.startsWith("less") ? `${hours} left` : `about ${hours} left`),
  ended: (state: string, after: string) => `${state} after ${after}`,
  lostOwner:
    "Its owner is no longer an active member of the workspace, so Jibsa no longer follows it. The job itself was left alone.",
  lost: "The job was deleted outside of Jibsa. It was not started again.",
  sentForApproval: "Your request is in the channel now. You will be told there.",
  /** Said to whoever pressed, when nothing stands in the way any more. */
  queuedNow: (action: string): string =>
    ({
      "train-cancel": "Cancelling. The run's message will say when it has ended.",
      "train-suspend": "Suspending. The run's message will say when its GPUs are free.",
      "train-resume": "Resuming. The run's message follows it.",
      "train-gate": "Your decision is on its way. The run's message shows it.",
      "train-clean": "Deleting.",
      "train-retry": "Continuing. The run's message follows it.",
      "train-trials": "On its way. The run's message follows it.",
    })[action] ?? "Started. A message here follows it.",
  discarded: "Discarded. Nothing was started.",
  alreadyStarted: (state: string) => `This was pressed before; the request is now: ${state}.`,
  notYours: "This preview is somebody else's. Start your own with `/train start`.",
  outdated: "This preview is older than an hour and may no longer be true. Please start anew.",
  oldButton: "This button belongs to something that no longer exists. Please start anew.",
  voteRecorded: (done: number, quorum: number) => `Your approval is counted: ${done} of ${quorum}.`,
  voteOwn: (approvers: string) => `You asked for this, so you cannot approve it. One of ${approvers} can.`,
  voteNotApprover: (approvers: string) => `Only ${approvers} can decide this.`,
  voteTwice: "Your decision is already counted; another person is needed.",
  voteLate: (state: string, people: string) => `Already ${state}${people === "" ? "" : ` by ${people}`}.`,
  voteExpired: "The time for this has run out. It has to be asked for anew.",
  voteVoid: "What was shown is not what is stored any more, so the approval is void. Please start anew.",
  deniedNoRole: "You have no role in Jibsa here. Ask your MLOps lead to add you to the policy.",
  deniedNoRule: (action: string) =>
    `Your role does not allow ${code(action)} here. Your MLOps lead can add a rule.`,
  deniedByRule: (rule: string) => `The rule ${code(rule)} forbids this.`,
  refusedGuest: "Guests cannot use Jibsa. Ask a member of the team to do this for you.",
  refusedExternal: "People of other workspaces cannot use Jibsa.",
  refusedDeactivated: "This account is deactivated.",
  refusedUnknown: "Slack does not know who you are, so nothing was done.",
  failedRequesterGone: "Whoever asked is no longer an active member of the workspace.",
  failedApprovalMissing: "The policy has become stricter since it was approved. Please ask anew.",
  failedCluster: (message: string) => `The cluster has been away too long: ${message}`,
  failedParked: (id: string) =>
    `It was tried five times and broke each time. Give this id to your MLOps lead: ${code(id)}`,
  platformForbidden: (message: string) => `The cluster refuses it: ${message}`,
  platformInvalid: (message: string) => `The cluster finds the object invalid: ${message}`,
  platformQuota: (message: string) => `The quota is used up: ${message}`,
  platformNameTaken: (message: string) => `An object of that name exists and is not ours: ${message}`,
  platformNotInstalled: (message: string) => `The cluster does not know this kind of job: ${message}`,
  noRuns: "No runs here yet. Start one with `/train start`.",
  runsTitle: "Runs",
  logsTitle: (title: string) => `Last lines of ${title}`,
  noLogs: "No lines yet: the pod has not started.",
  logsGone: "The pods of this run are gone, and their lines with them.",
  directNoApproval:
    "Nobody else reads this conversation. To ask for the approval, use the command in a channel where the approvers are.",
  clusterTitle: (cluster: string) => `Cluster ${cluster}`,
  clusterTotals: (used: number, total: number) => `${used} of ${total} GPUs allocated`,
  nodeNotReady: "not ready",
  waitingPods: "Waiting for GPUs",
  noGpuNodes: "No node of this cluster has GPUs.",
  clusterAway: (cluster: string, message: string) =>
    `Cluster ${cluster} does not answer (${message}). Questions about documents still work; what was accepted is done when it is back.`,
  observed: (time: string) => `as of ${time}`,
  searching: "searching the documents …",
  asked: (person: string, question: string) => `${person} asks: ${question}`,
  modeExtractive: "quoted from the documents, no model configured or reachable",
  modeGenerated: (model: string) => `generated · ${model}`,
  dontKnow: "I don't know: the documents I have do not answer this.",
  nearestPages: "The nearest pages:",
  searchAway:
    "The document search does not answer at the moment, so I cannot look this up. Commands still work. Please try again in a minute.",
  answerBrokeOff: "The model broke off. What the documents say themselves:",
  modelAway: "The model does not answer at the moment.",
  helpful: "Helpful",
  notHelpful: "Not helpful",
  thanks: "Thank you, noted.",
  giveUp: (id: string) =>
    `I tried five times and could not do this. Give this id to your MLOps lead: ${code(id)}`,
  unknownWord: (word: string, suggestion: string | undefined) =>
    `I do not know ${code(word)}.${suggestion === undefined ? "" : ` Did you mean ${code(suggestion)}?`}`,
  formTitle: "Start a stage",
  formSubmit: "Preview",
  formCancel: "Close",
  formStage: "Stage",
  formPreset: "Values",
  formPresetDefaults: "Defaults of the stage",
  formPresetLast: "Same as last time",
  formHint: (allowed: string, fallback: string) =>
    `${allowed === "string" ? "text" : allowed} · default ${fallback}`,
  objectTitle: "Full object",
  close: "Close",
  promptsTitle: "Ask me anything, for example",
  prompts: [
    { title: "How do I retry a failed run?", message: "How do I retry a failed training run?" },
    { title: "Who uses which GPU?", message: "cluster status" },
    { title: "Which stages are there?", message: "train" },
    { title: "What can you do?", message: "help" },
  ],
  homeTitle: "Your runs and requests",
  homeNothing: "Nothing yet. Ask me anything in a direct message, or start a stage with `/train start`.",
  homeApprovals: "Waiting for your decision",
  answers: answerTextsEn,
  waiting: waitingTextsEn,
  runs: runTextsEn,
  problem: problemInEnglish,
  safety: safetyTextsEn,
  limits: limitTextsEn,
  live: liveTextsEn,
  gapReport: gapReportTextsEn,
  comparisons: comparisonTextsEn,
  curated: curatedTextsEn,
  proposals: proposalTextsEn,
  metrics: metricsTextsEn,
  sources: sourceTextsEn,
  glossary: glossaryTextsEn,
  summary: summaryTextsEn,
  models: modelTextsEn,
  help: {
    all: [
      "*Ask* me anything about your documents: mention me, write me a direct message, or `/ask How do I retry a failed run?`",
      "*Train*: `/train start sft model-size=7B`, `/train list`, `/train status`, `/train logs`, `/train cancel`",
      "*Cluster*: `/cluster status`  *Documents*: `/docs sources`, `/docs sync <source>`, `/docs channel on`, `/docs terms`  *Models*: `/jibsa models`",
      "In a thread, mention me instead of a slash command: `@jibsa train status`",
    ].join("\n"),
    train: [
      "`/train start` opens a form; `/train start sft model-size=7B learning-rate=1e-5` shows a preview at once",
      "`/train list` (`mine`, `team`, `all`) · `/train status <run>` · `/train why <run>` · `/train logs <run> lines=100` (`grep=text`, `follow`) · `/train chart <run>` · `/train cancel <run>`",
      "`/train suspend <run>` gives the GPUs back, `/train resume <run>` goes on · `/train gate approve <run>` decides where a pipeline waits",
      "`/train retry <run> batch-size=2` starts the same again with changes · `/train history <stage>` · `/train diff <run> <run>`",
      "`/train follow pytorchjob/<name>` follows what was started elsewhere · `/train clean days=14` deletes what ended runs left",
      "A run is named by the beginning of its name; without a name it is your latest.",
    ].join("\n"),
    cluster:
      "`/cluster status` shows nodes and GPUs: total, allocated, by whom, and who waits. `/cluster status <name>` shows one.",
    docs: "`/docs sources` shows where answers come from: the latest sync of each source, its pages, and what was left out and why. `/docs sync <source>` syncs one now. `/docs channel on` in a channel makes its threads documents, for its members; `/docs channel off` takes them out again.\n`/docs term 분산 학습 = distributed training` lets questions with the one find pages with the other; `/docs terms` shows such words and what titles of pages suggest, `/docs term remove 분산 학습` takes one away.\n`/docs answers` shows the answers that people wrote for questions, `/docs answers remove 3` takes one away.",
    jibsa:
      "`/jibsa models` shows the language models: which are configured, what their servers have, and what is loaded now. `/jibsa models pull qwen3:8b` lets an Ollama pull one and shows how far it is.",
    ask: "`/ask How do I retry a failed training run?` answers from the documents, with links to the pages. `/ask --private …` answers you alone, from everything that you may read. In a thread, `@jibsa summarize this thread` sums up what people wrote there.",
  },
  stages: "Stages",
};

export function formatNumber(value: number): string {
  return String(Math.round(value * 10) / 10);
}
