import { setTimeout as sleep } from "node:timers/promises";
import { ClusterForbiddenError, ClusterUnavailableError } from "../../actions/cluster-ports.ts";
import type { ReadInput, ReadName, ReadOutput } from "../../actions/registry.ts";
import type { RunRow } from "../../actions/training/find-run.ts";
import type { HandlingContext } from "../bot-deps.ts";
import { escapeMrkdwn, shorten } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";
import { denialText } from "../views/request-card.ts";
import { allowanceFacts, failureFact, gpuFact, runFact } from "../views/live-facts.ts";
import type { Lookup } from "./choose-lookups.ts";
import { localTime } from "./local-time.ts";

/** Whoever asks waits for both the lookups and the documents, 5 s at most; the documents need the rest. */
const LOOKUP_MS = 3_500;
const SHOWN_RUNS = 5;

/** A sentence, already escaped, with where it comes from and when that was so. */
export interface LiveFact {
  text: string;
  mark: string;
}
export interface LiveFacts {
  facts: readonly LiveFact[];
  /** Sentences about what is not known now, and what the person may not see. */
  missing: readonly string[];
  /** Everything that was asked for could be looked up. */
  isComplete: boolean;
}

/**
 * Looks up what the question asks for, with the same looks as the commands: by the policy, audited, and on the clusters as the
 * person. Never throws because of a cluster; one that is away or late becomes a sentence.
 */
export async function lookUpLive(
  context: HandlingContext,
  lookups: readonly Lookup[],
  texts: Texts,
): Promise<LiveFacts> {
  const found = await Promise.all(lookups.map((lookup) => inTime(context, lookup, texts)));
  return {
    facts: found.flatMap(({ facts }) => facts),
    missing: found.flatMap(({ missing }) => missing),
    isComplete: found.every(({ isComplete }) => isComplete),
  };
}

async function inTime(context: HandlingContext, lookup: Lookup, texts: Texts): Promise<LiveFacts> {
  const { logger } = context.deps;
  const words = texts.live;
  const what = words.whats[lookup.kind];
  const late = new AbortController();
  const looking = lookUp(context, lookup, texts).catch((error: unknown): LiveFacts => {
    if (error instanceof ClusterUnavailableError || error instanceof ClusterForbiddenError)
      return nothing(words.missing(what, escapeMrkdwn(shorten(error.message, 200))));
    throw error;
  });
  try {
    return await Promise.race([
      looking,
      sleep(LOOKUP_MS, undefined, { signal: late.signal }).then(() => {
        looking.catch((error: unknown) => logger.warn({ err: error }, "a late lookup failed"));
        return nothing(words.missing(what, words.late(LOOKUP_MS / 1_000)));
      }),
    ]);
  } finally {
    late.abort();
  }
}

const nothing = (...missing: string[]): LiveFacts => ({ facts: [], missing, isComplete: false });
const only = (facts: readonly LiveFact[], ...more: string[]): LiveFacts => ({
  facts,
  missing: more,
  isComplete: true,
});

async function lookUp(context: HandlingContext, lookup: Lookup, texts: Texts): Promise<LiveFacts> {
  const { deps, person } = context;
  const words = texts.live;
  const zone = person.timeZone;
  switch (lookup.kind) {
    case "my-runs": {
      const outcome = await readAs(context, "train-list", { which: "mine", stage: "", state: "" }, texts);
      if ("missing" in outcome) return outcome;
      const dayAgo = deps.now().getTime() - 86_400_000;
      const runs = outcome.output.filter((run) => run.ended_at === null || run.ended_at.getTime() > dayAgo);
      if (runs.length === 0) return only([noFact(context, words.noRuns, texts)]);
      const facts = runs.slice(0, SHOWN_RUNS).map((run) => runFact(run, texts, zone));
      const rest = runs.length - facts.length;
      return only(facts, ...(rest > 0 ? [words.moreRuns(rest)] : []));
    }
    case "run": {
      const outcome = await readAs(context, "train-status", { run: lookup.run }, texts);
      return "missing" in outcome ? outcome : only(factsOf(outcome.output, texts, zone));
    }
    case "last-failure": {
      const input = { which: "mine", stage: lookup.stage, state: "failed" } as const;
      const outcome = await readAs(context, "train-list", input, texts);
      if ("missing" in outcome) return outcome;
      const [latest] = outcome.output;
      return latest === undefined
        ? only([noFact(context, words.noFailure(lookup.stage), texts)])
        : only(factsOf(latest, texts, zone));
    }
    case "free-gpus": {
      const outcome = await readAs(context, "cluster-status", { cluster: "" }, texts);
      if ("missing" in outcome) return outcome;
      const { output } = outcome;
      return {
        isComplete: output.every(({ kind }) => kind === "status"),
        facts: output.flatMap((report) =>
          report.kind === "status" ? gpuFact(report.status, texts, zone) : [],
        ),
        missing: output.flatMap((report) =>
          report.kind === "status"
            ? []
            : words.missing(
                words.onCluster(words.whats["free-gpus"], report.cluster),
                escapeMrkdwn(shorten(report.message, 200)),
              ),
        ),
      };
    }
    case "allowances": {
      if (person.roles.length === 0) return nothing(texts.deniedNoRole);
      const allowances = await deps.actions.allowances(person);
      return {
        isComplete: allowances.missing.length === 0,
        facts: allowanceFacts(allowances, deps.now(), texts, zone),
        missing: allowances.missing.map(({ cluster, message }) =>
          words.missing(
            words.onCluster(words.whats.allowances, cluster),
            escapeMrkdwn(shorten(message, 200)),
          ),
        ),
      };
    }
  }
  return lookup satisfies never;
}

function factsOf(run: RunRow, texts: Texts, zone: string): readonly LiveFact[] {
  return [runFact(run, texts, zone), ...failureFact(run, texts, zone)];
}

/** Nothing was found: what our own rows say, as of now. */
function noFact({ deps, person }: HandlingContext, text: string, texts: Texts): LiveFact {
  return { text, mark: texts.live.markRuns(localTime(deps.now(), person.timeZone)) };
}

async function readAs<Name extends ReadName>(
  { deps, person, id }: HandlingContext,
  name: Name,
  input: ReadInput<Name>,
  texts: Texts,
): Promise<{ output: ReadOutput<Name> } | LiveFacts> {
  const outcome = await deps.actions.read(id, person, name, input);
  switch (outcome.kind) {
    case "answered":
      return { output: outcome.output };
    case "denied":
      return nothing(`⚠️ ${denialText(outcome.denial, outcome.subject.action, texts.locale, texts)}`);
    case "invalid-input":
      return nothing(...outcome.problems.map((problem) => texts.problem(problem)));
  }
  return outcome satisfies never;
}
