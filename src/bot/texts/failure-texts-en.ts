import type { FailureFacts } from "../../actions/training/failures/failure-diagnosis.ts";
import { code } from "../escape.ts";
import type { FailureTexts } from "./failure-texts.ts";

/** NVIDIA's numbers, as its manual explains them. */
const XID: Readonly<Record<number, string>> = {
  13: "the program made the GPU raise an exception",
  31: "the program touched memory that is not its own",
  43: "the GPU stopped working for this program",
  45: "the driver cleaned up after another error",
  48: "an ECC error in GPU memory that could not be corrected",
  63: "a broken row of GPU memory is to be replaced at the next reset",
  64: "a broken row of GPU memory could not be replaced",
  74: "an NVLink connection failed",
  79: "the GPU has fallen off the bus",
  94: "an ECC error that hit this program only",
  95: "an ECC error that may have hit every program on the GPU",
  119: "the GPU's own processor (GSP) did not answer",
};
const PROGRAMS_OWN = [13, 31, 43];

const onRank = ({ rank }: FailureFacts): string => (rank === undefined ? "" : ` on rank ${rank}`);
const named = (text: string | undefined): string => (text === undefined ? "" : `: ${code(text)}`);
const size = (gib: number): string =>
  gib < 1 ? `${Math.round(gib * 1_024)} MiB` : `${Math.round(gib * 100) / 100} GiB`;
const parts = (...of: readonly (string | false | undefined)[]): string => {
  const said = of.filter((part) => typeof part === "string");
  return said.length === 0 ? "" : `: ${said.join(", ")}`;
};

export const failureTextsEn: FailureTexts = {
  "gpu-fault": {
    reason: (facts) =>
      facts.xid === undefined
        ? `A GPU failed${onRank(facts)}`
        : `GPU error, XID ${facts.xid}${XID[facts.xid] === undefined ? "" : `: ${XID[facts.xid]}`}`,
    advice: ({ xid }) =>
      PROGRAMS_OWN.includes(xid ?? 0)
        ? "This is mostly the program's fault: look for an index out of range, or a kernel built for another version. If it comes back on one node only, tell your MLOps lead."
        : "Tell your MLOps lead which node it was: it should take no jobs until the GPU was checked. Your run can start again elsewhere.",
  },
  "image-pull": {
    reason: ({ image }) => `The container image could not be pulled${named(image)}`,
    advice: () => "Check its name and tag, and that the namespace has the registry's pull secret.",
  },
  "quota-exceeded": {
    reason: ({ freeQuotaGpus }) =>
      `The namespace's quota is used up${parts(freeQuotaGpus !== undefined && `${freeQuotaGpus} GPUs are left of it`)}`,
    advice: () => "Take fewer GPUs, or wait until another run of the namespace ends.",
  },
  "cuda-out-of-memory": {
    reason: (facts) =>
      `CUDA out of memory${onRank(facts)}${facts.whileLoading === true ? " while the model was loaded" : ""}${parts(
        facts.triedGib !== undefined && `tried to allocate ${size(facts.triedGib)}`,
        facts.freeGib !== undefined && `${size(facts.freeGib)} free`,
      )}`,
    advice: ({ whileLoading }) =>
      whileLoading === true
        ? "No batch helps here: the weights alone do not fit. Use a smaller model, sharding or quantisation, and see whether another process holds the GPU."
        : "Halve the batch and double the gradient accumulation; if the batch is 1 already, halve the sequence length.",
  },
  "shared-memory": {
    reason: (facts) => `Shared memory (${code("/dev/shm")}) ran out${onRank(facts)}`,
    advice: () => `Use fewer data loader workers, or have the stage mount a larger ${code("/dev/shm")}.`,
  },
  "disk-full": {
    reason: ({ path }) => `The disk is full${named(path)}`,
    advice: () => "Delete old checkpoints or keep fewer of them, then resume from the last complete one.",
  },
  "host-out-of-memory": {
    reason: (facts) =>
      `The node's memory limit was reached${onRank(facts)}${parts(facts.exitCode !== undefined && `exit code ${facts.exitCode}`)}`,
    advice: () => "Use fewer data loader workers, stream the dataset, or ask for more memory in the stage.",
  },
  "node-lost": {
    reason: ({ node }) => `The run lost its node${named(node)}`,
    advice: () => "Nothing is wrong with the run itself: start it again from its last checkpoint.",
  },
  "cuda-version": {
    reason: () => "The image's CUDA and the node's driver or GPU do not fit together",
    advice: () =>
      "Use an image built for this driver and GPU, or ask your MLOps lead for a node with a newer driver.",
  },
  "hugging-face-auth": {
    reason: ({ repository }) => `Hugging Face refused the download${named(repository)}`,
    advice: () => "Accept the model's licence with the account of the token, and check the token's secret.",
  },
  "wandb-auth": {
    reason: () => "Weights & Biases refused the login",
    advice: () => `Check the API key in its secret, or set ${code("WANDB_MODE=offline")} in the stage.`,
  },
  "data-not-found": {
    reason: ({ path, repository }) => `A file, dataset or model does not exist${named(path ?? repository)}`,
    advice: () => "Check the path in the parameters, and that the stage before it has written it.",
  },
  "permission-denied": {
    reason: ({ path }) => `The run may not read or write there${named(path)}`,
    advice: () => "Write below the run's output folder, or ask the owner of the volume for access.",
  },
  "checkpoint-mismatch": {
    reason: () => "The checkpoint does not fit the model, or is damaged",
    advice: () =>
      "Check that model size, tokenizer and LoRA rank are those that the checkpoint was saved with, or take an earlier one.",
  },
  "sequence-too-long": {
    reason: ({ sequenceTokens, modelTokens }) =>
      `A sequence is longer than the model takes${parts(
        sequenceTokens !== undefined && `${sequenceTokens} tokens`,
        modelTokens !== undefined && `at most ${modelTokens}`,
      )}`,
    advice: () => "Lower the sequence length, or have the script truncate its inputs.",
  },
  "import-error": {
    reason: ({ module }) => `A Python package is missing or does not fit${named(module)}`,
    advice: () => "Use an image that has it, in the version that the script needs.",
  },
  "nan-loss": {
    reason: (facts) => `The loss became NaN or infinite${onRank(facts)}`,
    advice: () => "Lower the learning rate, train in bf16, and look at the data around that step.",
  },
  "deadline-exceeded": {
    reason: () => "The run took longer than its time limit",
    advice: () => "Resume from the last checkpoint, or have the stage's limit raised.",
  },
  "python-error": {
    reason: (facts) => `${code(facts.error ?? "exception")}${onRank(facts)}${named(facts.message)}`,
    advice: () => "Read the traceback from its end: the last line of your own code is the place to look.",
  },
  "nccl-network": {
    reason: (facts) => `The GPUs of this run lost their connection to each other (NCCL)${onRank(facts)}`,
    advice: () =>
      "Look whether another rank or its node went down first; if not, tell your MLOps lead which nodes these were.",
  },
  "nccl-timeout": {
    reason: (facts) =>
      `The ranks waited for each other too long (NCCL timeout)${onRank(facts)}${named(facts.operation)}`,
    advice: () =>
      "Look for a rank that stopped or was slow: uneven data, a long evaluation, a save on one rank only. The first rank that fell silent is the one.",
  },
  unknown: {
    reason: ({ exitCode }) =>
      `The log does not say why${parts(exitCode !== undefined && `exit code ${exitCode}`)}`,
    advice: () => "Read the last lines of the log, or look at the pod's events.",
  },
};
