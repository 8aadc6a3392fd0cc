import type { FailureFacts } from "./failure-diagnosis.ts";
import { groupsOf, type FoundSign } from "./find-signs.ts";
import { maskSecrets } from "./mask-secrets.ts";
import type { CleanLine } from "./read-log-lines.ts";

const LONGEST_FACT = 300;
/** More of one reason only say the same. */
const MOST_SIGNS = 20;
const GIB_OF: Readonly<Record<string, number>> = {
  GiB: 1,
  MiB: 1 / 1_024,
  KiB: 1 / 1_048_576,
  bytes: 2 ** -30,
};
const LOADING =
  /\bfrom_pretrained\b|_load_pretrained_model|load_state_dict|accelerate\/big_modeling|\bload_model\b/;
const BACKWARD_OR_FORWARD = /\btraining_step\b|\bbackward\b|\bcompute_loss\b|\btrainer\.train\b|\.generate\(/;
const GPUS = /nvidia\.com\/gpu=(\d{1,6})\b/;

/** What the signs of one reason and torchrun's report tell; of several the first that says a thing counts. */
export function readFacts(
  signs: readonly FoundSign[],
  { lines, traceback, reason }: { lines: readonly CleanLine[]; traceback: readonly string[]; reason: string },
): FailureFacts {
  const launcher = readLaunchersReport(lines);
  const rank = signs.find((sign) => sign.rank !== undefined)?.rank ?? launcher.rank;
  const exitCode = launcher.exitCode ?? exitCodeIn(reason);
  const facts: Record<string, string | number | true> = {
    ...(rank !== undefined && { rank }),
    ...(exitCode !== undefined && { exitCode }),
  };
  for (const sign of signs.slice(0, MOST_SIGNS))
    for (const [name, value] of Object.entries(groupsOf(sign))) {
      if (value === undefined || value === "") continue;
      facts[name] ??= /^(?:xid|\w+Tokens)$/.test(name) ? Number(value) : shownText(value, LONGEST_FACT);
    }
  const [first] = signs;
  if (first?.rule.kind === "cuda-out-of-memory") {
    Object.assign(facts, memoryIn(first.text));
    const loading = traceback.some((line) => LOADING.test(line));
    if (loading && !traceback.some((line) => BACKWARD_OR_FORWARD.test(line))) facts["whileLoading"] = true;
  }
  if (first?.rule.kind === "quota-exceeded") Object.assign(facts, quotaIn(first.text));
  return facts;
}

/** For people: cleaned before, now masked and short; never half of a character. */
export function shownText(text: string, maxLength: number): string {
  const masked = maskSecrets(text);
  if (masked.length <= maxLength) return masked;
  return `${masked.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** "Tried to allocate 2.50 GiB", "1.94 GiB free" (before PyTorch 2.1) or "of which 1.94 GiB is free". */
function memoryIn(text: string): Pick<FailureFacts, "triedGib" | "freeGib" | "totalGib"> {
  const gib = (pattern: RegExp): number | undefined => {
    const match = pattern.exec(text);
    const factor = GIB_OF[match?.[2] ?? ""];
    return match === null || factor === undefined
      ? undefined
      : Math.round(Number(match[1]) * factor * 10_000) / 10_000;
  };
  const triedGib = gib(/Tried to allocate (\d{1,12}(?:\.\d{1,6})?) ([GMK]iB|bytes)/);
  const freeGib = gib(/\b(\d{1,12}(?:\.\d{1,6})?) ([GMK]iB|bytes) (?:is )?free\b/);
  const totalGib =
    gib(/total capac(?:i)?ty of (\d{1,12}(?:\.\d{1,6})?) ([GMK]iB|bytes)/) ??
    gib(/\b(\d{1,12}(?:\.\d{1,6})?) ([GMK]iB|bytes) total capacity/);
  return {
    ...(triedGib !== undefined && { triedGib }),
    ...(freeGib !== undefined && { freeGib }),
    ...(totalGib !== undefined && { totalGib }),
  };
}

/** "requested: requests.nvidia.com/gpu=8, used: requests.nvidia.com/gpu=12, limited: requests.nvidia.com/gpu=16". */
function quotaIn(text: string): Pick<FailureFacts, "freeQuotaGpus"> {
  const gpusOf = (from: string, to: string): number | undefined => {
    const part = text.split(from, 2)[1]?.split(to, 1)[0] ?? "";
    const match = GPUS.exec(part);
    return match === null ? undefined : Number(match[1]);
  };
  const used = gpusOf("used: ", "limited: ");
  const limited = gpusOf("limited: ", "\n");
  return used === undefined || limited === undefined ? {} : { freeQuotaGpus: Math.max(0, limited - used) };
}

/** torchrun's "Root Cause (first observed failure)", else what it says when it notices the first child that failed. */
function readLaunchersReport(lines: readonly CleanLine[]): Pick<FailureFacts, "rank" | "exitCode"> {
  const start = lines.findLastIndex(({ text }) => text.startsWith("Root Cause (first observed failure)"));
  const block = start === -1 ? [] : lines.slice(start, start + 10);
  const numberIn = (of: readonly CleanLine[], pattern: RegExp): number | undefined => {
    for (const { text } of of) {
      const match = pattern.exec(text);
      if (match !== null) return Number(match[1]);
    }
    return undefined;
  };
  const rank = numberIn(block, /^\s{1,8}rank\s{1,8}: (\d{1,6}) \(local_rank/);
  const exitCode =
    numberIn(block, /^\s{1,8}exitcode\s{1,8}: (-?\d{1,3}) \(pid/) ??
    numberIn(lines, /^failed \(exitcode: (-?\d{1,3})\) local_rank: \d/);
  return { ...(rank !== undefined && { rank }), ...(exitCode !== undefined && { exitCode }) };
}

function exitCodeIn(reason: string): number | undefined {
  const match = /\bexit(?:ed with)?(?: ?code)?:? ?\(?(-?\d{1,3})\b/i.exec(reason);
  if (match !== null) return Number(match[1]);
  return /\bOOMKilled\b/.test(reason) ? 137 : undefined;
}
