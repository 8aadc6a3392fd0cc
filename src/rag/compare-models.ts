import type { Store } from "../store/database.ts";
import type { AnswerEvent, Question, SourceRef, TokenUsage } from "./ports.ts";

/** What one model made of a question. */
export interface ComparedAnswer {
  model: string;
  /** "extractive" and "no-answer": the model wrote nothing that could be used. */
  mode: "generated" | "extractive" | "no-answer";
  text: string;
  citations: readonly { number: number; source: SourceRef }[];
  tookMs: number;
  tokens?: TokenUsage;
}

/** The answer of this model alone: no other one takes its place, and nobody's curated one. */
export async function answerOfModel(
  answer: (question: Question) => AsyncIterable<AnswerEvent>,
  question: Question,
  model: string,
  nowMs: () => number,
): Promise<ComparedAnswer> {
  const startedAtMs = nowMs();
  let text = "";
  let citations: ComparedAnswer["citations"] = [];
  let mode: ComparedAnswer["mode"] = "no-answer";
  let tokens: TokenUsage | undefined;
  for await (const event of answer({ ...question, model, onlyModel: true }))
    switch (event.kind) {
      case "stage":
        break;
      case "text-delta":
        text += event.text;
        break;
      case "restart":
        text = "";
        citations = [];
        break;
      case "citation":
        citations = [...citations, { number: event.number, source: event.source }];
        break;
      case "answer-end":
        if (event.mode === "curated") break;
        mode = event.mode;
        tokens = event.mode === "generated" ? event.usage : undefined;
        break;
      case "no-answer":
        mode = "no-answer";
        break;
    }
  const tookMs = Math.round(nowMs() - startedAtMs);
  return { model, mode, text, citations, tookMs, ...(tokens !== undefined && { tokens }) };
}

/** How two models did against each other. */
export interface ModelDuel {
  models: readonly [string, string];
  comparisons: number;
  votes: readonly [number, number];
}

/** Of each two models that were compared since then, whichever was named first. Most compared first. */
export async function countDuels(store: Store, since: Date): Promise<readonly ModelDuel[]> {
  const rows = await store
    .selectFrom("comparisons")
    .leftJoin("comparison_votes", "comparison_votes.comparison_id", "comparisons.id")
    .select(["comparisons.id", "first_model", "second_model", "comparison_votes.choice"])
    .where("comparisons.created_at", ">=", since)
    .execute();
  const duels = new Map<string, { models: [string, string]; ids: Set<string>; votes: [number, number] }>();
  for (const { id, first_model: first, second_model: second, choice } of rows) {
    const models: [string, string] = first < second ? [first, second] : [second, first];
    const duel = duels.get(models.join(" ")) ?? { models, ids: new Set<string>(), votes: [0, 0] };
    duels.set(models.join(" "), duel);
    duel.ids.add(id);
    if (choice === null) continue;
    const chosen = choice === "first" ? first : second;
    duel.votes[chosen === models[0] ? 0 : 1] += 1;
  }
  return [...duels.values()]
    .map(({ models, ids, votes }) => ({ models, comparisons: ids.size, votes }))
    .toSorted((a, b) => b.comparisons - a.comparisons || a.models[0].localeCompare(b.models[0]));
}
