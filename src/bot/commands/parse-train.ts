import type { FieldProblem } from "../../actions/ports.ts";
import { lookUp, orProblems, splitPairs, unknown } from "./command-words.ts";
import type { ParsedCommand } from "./parsed-command.ts";
import { choiceOf, integerIn, tooMany, unknownPairs } from "./word-problems.ts";

interface Words {
  /** In the order in which they were typed. */
  plain: readonly string[];
  pairs: Readonly<Record<string, string>>;
  problems: readonly FieldProblem[];
}
interface Verb {
  words: readonly string[];
  /** Names that also take the next word as their value: `--grep TEXT` is `grep=TEXT`. */
  options?: readonly string[];
  parse(words: Words): ParsedCommand;
}

const LIST_CHOICES = ["open", "mine", "team", "all"] as const;
const RUN_STATES = ["", "queued", "starting", "running", "succeeded", "failed", "cancelled", "lost"] as const;

const FOLLOW_WORDS = ["follow", "--follow", "-f", "실시간"];

const FREE_WORDS: readonly string[] = ["free", "비면"];
const GATE_DECISIONS: Readonly<Record<string, "approve" | "reject">> = {
  approve: "approve",
  승인: "approve",
  reject: "reject",
  반려: "reject",
  거절: "reject",
};

const VERBS: readonly Verb[] = [
  { words: ["help", "도움말"], parse: () => ({ kind: "help", topic: "train" }) },
  {
    words: ["start", "run", "시작"],
    parse({ plain, pairs, problems }) {
      const [stage] = plain;
      const all = [...problems, ...tooMany(plain, 1)];
      if (stage !== undefined && pairs["when"] !== undefined) {
        const when = pairs["when"].toLowerCase();
        if (!FREE_WORDS.includes(when))
          all.push({ field: "when", code: "not-a-choice", given: when.slice(0, 40), allowed: "free" });
        return orProblems(all, holdOf(stage, pairs));
      }
      if (stage === undefined && Object.keys(pairs).length === 0 && all.length === 0)
        return { kind: "train-form" };
      return orProblems(all, { kind: "train-start", stage: stage ?? "", parameters: pairs });
    },
  },
  {
    words: ["pipeline", "파이프라인"],
    parse: ({ plain, pairs, problems }) =>
      orProblems([...problems, ...tooMany(plain, 1)], {
        kind: "train-pipeline",
        pipeline: plain[0] ?? "",
        parameters: pairs,
      }),
  },
  {
    words: ["hold", "기다렸다가"],
    parse: ({ plain, pairs, problems }) =>
      orProblems([...problems, ...tooMany(plain, 1)], holdOf(plain[0] ?? "", pairs)),
  },
  {
    words: ["several", "여러"],
    parse: ({ plain, pairs, problems }) =>
      orProblems([...problems, ...tooMany(plain, 1)], {
        kind: "train-several",
        stage: plain[0] ?? "",
        parameters: pairs,
      }),
  },
  {
    words: ["list", "ls", "목록"],
    parse({ plain, pairs, problems }) {
      const all = [...problems, ...tooMany(plain, 1), ...unknownPairs(pairs, ["stage", "state"])];
      const which = choiceOf("which", plain[0] ?? "open", LIST_CHOICES, all);
      const state = choiceOf("state", pairs["state"] ?? "", RUN_STATES, all);
      return orProblems(all, { kind: "train-list", which, stage: pairs["stage"] ?? "", state });
    },
  },
  ofRun("train-status", ["status", "show", "상태"]),
  ofRun("train-chart", ["chart", "차트"]),
  ofRun("train-cancel", ["cancel", "stop", "취소"]),
  ofRun("train-why", ["why", "왜"]),
  ofRun("train-suspend", ["suspend", "pause", "일시정지"]),
  ofRun("train-resume", ["resume", "재개"]),
  ofRun("train-retry", ["continue", "이어서"]),
  {
    words: ["trials", "트라이얼"],
    parse({ plain, pairs, problems }) {
      const all = [...problems, ...tooMany(plain, 1), ...unknownPairs(pairs, ["total"])];
      if (pairs["total"] === undefined) all.push({ field: "total", code: "required", allowed: "1-10000" });
      const total = integerIn(pairs, "total", 1, 1, 10_000, all);
      return orProblems(all, { kind: "train-trials", run: plain[0] ?? "", total });
    },
  },
  {
    words: ["retry", "resubmit", "again", "재시도", "다시"],
    parse: ({ plain, pairs, problems }) =>
      orProblems([...problems, ...tooMany(plain, 1)], {
        kind: "train-repeat",
        run: plain[0] ?? "",
        parameters: pairs,
      }),
  },
  {
    words: ["gate", "게이트"],
    parse({ plain, pairs, problems }) {
      const given = plain[0]?.toLowerCase() ?? "";
      const decision = GATE_DECISIONS[given];
      const all = [...problems, ...tooMany(plain, 3), ...unknownPairs(pairs, [])];
      if (decision === undefined)
        all.push({
          field: "decision",
          code: "not-a-choice",
          given: given.slice(0, 80),
          allowed: "approve, reject",
        });
      return orProblems(all, {
        kind: "train-gate",
        run: plain[1] ?? "",
        decision: decision ?? "reject",
        gate: plain[2] ?? "",
      });
    },
  },
  {
    words: ["follow", "adopt", "팔로우", "따라가기"],
    parse({ plain, pairs, problems }) {
      const [target = ""] = plain;
      const all = [...problems, ...tooMany(plain, 1), ...unknownPairs(pairs, ["namespace"])];
      if (target === "") all.push({ field: "run", code: "required", allowed: "pytorchjob/NAME" });
      return orProblems(all, { kind: "train-follow", target, namespace: pairs["namespace"] ?? "" });
    },
  },
  {
    words: ["clean", "정리"],
    parse({ plain, pairs, problems }) {
      const all = [...problems, ...tooMany(plain, 0), ...unknownPairs(pairs, ["days"])];
      const days = integerIn(pairs, "days", 7, 0, 3_650, all);
      return orProblems(all, { kind: "train-clean", days });
    },
  },
  {
    words: ["history", "이력", "기록"],
    parse: ({ plain, pairs, problems }) =>
      orProblems([...problems, ...tooMany(plain, 1), ...unknownPairs(pairs, [])], {
        kind: "train-history",
        stage: plain[0] ?? "",
      }),
  },
  {
    words: ["diff", "compare", "비교"],
    parse({ plain, pairs, problems }) {
      const [first = "", second = ""] = plain;
      const all = [...problems, ...tooMany(plain, 2), ...unknownPairs(pairs, [])];
      if (second === "") all.push({ field: "run", code: "required", allowed: "/train diff RUN RUN" });
      return orProblems(all, { kind: "train-diff", runs: [first, second] });
    },
  },
  {
    words: ["logs", "log", "로그"],
    options: ["grep"],
    parse({ plain, pairs, problems }) {
      const isFollowed = plain.some((word) => FOLLOW_WORDS.includes(word.toLowerCase()));
      const [run = "", ...more] = plain.filter((word) => !FOLLOW_WORDS.includes(word.toLowerCase()));
      const all = [...problems, ...tooMany(more, 0), ...unknownPairs(pairs, ["lines", "grep"])];
      const lines = integerIn(pairs, "lines", 50, 1, 500, all);
      const grep = pairs["grep"];
      if (grep === "") all.push({ field: "grep", code: "required", allowed: "grep=TEXT" });
      if (grep !== undefined && grep.length > 200)
        all.push({ field: "grep", code: "too-long", allowed: "<= 200" });
      if (isFollowed) return orProblems(all, { kind: "train-logs-follow", run, grep: grep ?? "" });
      return orProblems(all, { kind: "train-logs", run, lines, ...(grep !== undefined && { grep }) });
    },
  },
];

/** `when=free before=fri start=auto` around the stage's own parameters. */
function holdOf(stage: string, pairs: Readonly<Record<string, string>>): ParsedCommand {
  const { when: _when, before = "7d", start = "claim", ...parameters } = pairs;
  if (start !== "claim" && start !== "auto")
    return {
      kind: "invalid",
      problems: [{ field: "start", code: "not-a-choice", given: start.slice(0, 40), allowed: "claim, auto" }],
    };
  return { kind: "train-hold", stage, parameters, start, before };
}

/** Which verb a word stands for. */
export const TRAIN_WORDS: Readonly<Record<string, Verb>> = Object.fromEntries(
  VERBS.flatMap((verb) => verb.words.map((word) => [word, verb])),
);

export function parseTrain(words: readonly string[]): ParsedCommand {
  const [word, ...rest] = words;
  if (word === undefined) return { kind: "help", topic: "train" };
  const verb = lookUp(TRAIN_WORDS, word);
  if (verb === undefined) return unknown("train", word, Object.keys(TRAIN_WORDS));
  return verb.parse(splitPairs(joinOptions(rest, verb.options ?? [])));
}

function joinOptions(words: readonly string[], options: readonly string[]): string[] {
  const joined: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    const option = options.find((name) => word.toLowerCase() === `--${name}`);
    if (option !== undefined) index += 1;
    joined.push(option === undefined ? word : `${option}=${words[index] ?? ""}`);
  }
  return joined;
}

/** A verb that takes a run, or none for the person's latest. */
function ofRun(
  kind:
    | "train-status"
    | "train-chart"
    | "train-cancel"
    | "train-suspend"
    | "train-resume"
    | "train-why"
    | "train-retry",
  words: readonly string[],
): Verb {
  return {
    words,
    parse: ({ plain, pairs, problems }) =>
      orProblems([...problems, ...tooMany(plain, 1), ...unknownPairs(pairs, [])], {
        kind,
        run: plain[0] ?? "",
      }),
  };
}
