import type { FieldProblem } from "../../actions/ports.ts";
import type { ChangeInput, ChangeName, ReadInput, ReadName } from "../../actions/registry.ts";

export type HelpTopic = "all" | "train" | "cluster" | "ask" | "docs" | "jibsa";

/** An action with its input, as its definition takes it. */
export type ChangeCommand = { [Name in ChangeName]: { kind: Name } & ChangeInput<Name> }[ChangeName];
export type ReadCommand = { [Name in ReadName]: { kind: Name } & ReadInput<Name> }[ReadName];

export type ParsedCommand =
  | { kind: "help"; topic: HelpTopic }
  /** `/train start` without a stage: the form. */
  | { kind: "train-form" }
  | ChangeCommand
  /** The same once more, with changes: becomes a `train-start`. */
  | { kind: "train-repeat"; run: string; parameters: Readonly<Record<string, string>> }
  | ReadCommand
  /** `/train logs … follow`; without a text all lines. */
  | { kind: "train-logs-follow"; run: string; grep: string }
  /** `--model NAME` and `--private` before the question. */
  | { kind: "ask"; question: string; model?: string; isPrivate?: true }
  /** `--compare A,B` before the question; the names as typed, in small letters. */
  | { kind: "compare"; question: string; models: readonly string[] }
  /** Of the thread where it was said, in these words. */
  | { kind: "summarise"; text: string }
  | { kind: "models-list" }
  /** Names as typed; "" where none was. */
  | { kind: "models-pull"; model: string; server: string }
  | { kind: "docs-sources" }
  /** Without a name: which ones there are. */
  | { kind: "docs-sync"; source: string }
  | { kind: "docs-channel"; isOn: boolean }
  | { kind: "docs-answers" }
  | { kind: "docs-answers-remove"; number: number }
  | { kind: "docs-terms" }
  /** An empty side: how it is written. */
  | { kind: "docs-term"; term: string; counterpart: string }
  /** A word, or a pair of words with an equals sign. */
  | { kind: "docs-term-remove"; text: string }
  | { kind: "unknown"; topic: HelpTopic; word: string; suggestion?: string }
  | { kind: "invalid"; problems: readonly FieldProblem[] };
