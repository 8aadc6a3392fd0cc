import type { FieldProblem } from "../../actions/ports.ts";
import { lookUp, orProblems, splitPairs, unknown } from "./command-words.ts";
import type { ParsedCommand } from "./parsed-command.ts";

export const TRAIN_WORDS: Readonly<Record<string, "start" | "list" | "status" | "logs" | "cancel" | "help">> =
  {
    start: "start",
    run: "start",
    시작: "start",
    list: "list",
    ls: "list",
    목록: "list",
    status: "status",
    show: "status",
    상태: "status",
    logs: "logs",
    log: "logs",
    로그: "logs",
    cancel: "cancel",
    stop: "cancel",
    취소: "cancel",
    help: "help",
    도움말: "help",
  };
export function parseTrain(words: readonly string[]): ParsedCommand {
  const [word, ...rest] = words;
  if (word === undefined) return { kind: "help", topic: "train" };
  const verb = lookUp(TRAIN_WORDS, word);
  if (verb === undefined) return unknown("train", word, Object.keys(TRAIN_WORDS));
  const { plain, pairs, problems } = splitPairs(rest);
  const tooMany = (allowed: number): FieldProblem[] =>
    plain
      .slice(allowed)
      .map((given) => ({ field: given.slice(0, 80), code: "unknown-field", allowed: "name=value" }));
  const noPairs = (allowed: readonly string[]): FieldProblem[] =>
    Object.keys(pairs)
      .filter((key) => !allowed.includes(key))
      .map((key) => ({ field: key, code: "unknown-field", allowed: allowed.join(", ") }));
  switch (verb) {
    case "help":
      return { kind: "help", topic: "train" };
    case "start": {
      const [stage] = plain;
      const all = [...problems, ...tooMany(1)];
      if (stage === undefined && Object.keys(pairs).length === 0 && all.length === 0)
        return { kind: "train-form" };
      return orProblems(all, { kind: "train-start", stage: stage ?? "", parameters: pairs });
    }
    case "list": {
      const [which = "open"] = plain.map((value) => value.toLowerCase());
      const all = [...problems, ...tooMany(1), ...noPairs([])];
      if (which !== "open" && which !== "mine" && which !== "all")
        all.push({
          field: "which",
          code: "not-a-choice",
          given: which.slice(0, 80),
          allowed: "open, mine, all",
        });
      return orProblems(all, { kind: "train-list", which: which as "open" | "mine" | "all" });
    }
    case "status":
      return orProblems([...problems, ...tooMany(1), ...noPairs([])], {
        kind: "train-status",
        run: plain[0] ?? "",
      });
    case "cancel":
      return orProblems([...problems, ...tooMany(1), ...noPairs([])], {
        kind: "train-cancel",
        run: plain[0] ?? "",
      });
    case "logs": {
      const all = [...problems, ...tooMany(1), ...noPairs(["lines"])];
      const lines = pairs["lines"] === undefined ? 50 : Number(pairs["lines"]);
      if (!Number.isInteger(lines) || lines < 1 || lines > 500)
        all.push({
          field: "lines",
          code: "not-an-integer",
          given: (pairs["lines"] ?? "").slice(0, 80),
          allowed: "1-500",
        });
      return orProblems(all, { kind: "train-logs", run: plain[0] ?? "", lines });
    }
  }
  return verb satisfies never;
}
