import type { CleanLine } from "./read-log-lines.ts";

/** A step as trainers print it: "step 812/4100", "iteration 812/ 4100", an unlabelled bar; without the total only beside a loss. */
const STEP_OF_TOTAL =
  /^(?:\s{0,8}\d{1,3}%\|[^|]{0,200}\|\s{0,8}|.{0,200}?\b(?:global_)?(?:[Ss]tep|[Ii]teration|[Ii]ter)[\s:=]{1,8}|\s{0,8})(\d{1,9})\s{0,8}\/\s{0,8}(\d{1,9})(?=[\s,[:|)\]]|$)/;
const STEP_WITH_LOSS = /\b(?:global_)?[Ss]tep["']?[\s:=]{1,4}(\d{1,9})\b/;
/** transformers, DeepSpeed, Megatron: a word about saving and the folder, which begins where a word begins. */
const SAVING = /\b[Ss]av(?:ing|ed)\b/;
const GONE = /^(?:Delet|Remov)/;
const CHECKPOINT =
  /(?<=^|[\s'"=(])[^\s'"=(]{0,300}?(?:checkpoint[-_]|global_step|iter_0{0,9})(\d{1,9})(?=[/\s'".,:;)]|$)/;
const CHECKPOINT_OF_ITERATION = /\bsaved checkpoint from iteration\s{1,12}(\d{1,9}) to/;

/** Of a line; numbers and data stand behind it. */
const READ_LENGTH = 400;

export interface SeenStep {
  line: number;
  pod: string;
  step: number;
}

export interface TrainingSteps {
  steps: readonly SeenStep[];
  totalSteps?: number;
  checkpoints: readonly (SeenStep & { path?: string })[];
}

/** How far the training came, from what it printed. */
export function readTrainingSteps(lines: readonly CleanLine[]): TrainingSteps {
  const steps: SeenStep[] = [];
  const checkpoints: (SeenStep & { path?: string })[] = [];
  let totalSteps: number | undefined;
  for (const [line, { pod, text }] of lines.entries()) {
    const beginning = text.slice(0, READ_LENGTH);
    const saved = SAVING.test(beginning) && !GONE.test(beginning) ? CHECKPOINT.exec(text) : null;
    const iteration = saved === null ? CHECKPOINT_OF_ITERATION.exec(beginning) : null;
    if (saved !== null) checkpoints.push({ line, pod, step: Number(saved[1]), path: saved[0] });
    else if (iteration !== null) checkpoints.push({ line, pod, step: Number(iteration[1]) });
    const seen = readStep(text);
    if (seen === undefined) continue;
    steps.push({ line, pod, step: seen.step });
    totalSteps = seen.total ?? totalSteps;
  }
  return { steps, checkpoints, ...(totalSteps !== undefined && { totalSteps }) };
}

/** The step that a line tells of. */
export function readStep(text: string): { step: number; total?: number } | undefined {
  const beginning = text.slice(0, READ_LENGTH);
  const ofTotal = text.includes("/") ? STEP_OF_TOTAL.exec(beginning) : null;
  const total = Number(ofTotal?.[2] ?? 0);
  const step = ofTotal !== null && total > 0 ? Number(ofTotal[1]) : stepBesideLoss(beginning);
  if (step === undefined || (total > 0 && step > total)) return undefined;
  return { step, ...(total > 0 && { total }) };
}

function stepBesideLoss(text: string): number | undefined {
  if (!text.includes("loss")) return undefined;
  const match = STEP_WITH_LOSS.exec(text);
  return match === null ? undefined : Number(match[1]);
}
