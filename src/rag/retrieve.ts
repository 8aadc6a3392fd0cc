import { blendNearness } from "./blend-nearness.ts";
import { ENGLISH_STOP_WORDS } from "./english-words.ts";
import type { Vectors } from "./create-vectors.ts";
import { focusQuestion } from "./focus-question.ts";
import { pastedTerms } from "./pasted-terms.ts";
import type { IndexedChunk, Question, SearchTrace, SourceRef, VectorIndex } from "./ports.ts";
import { questionTerms, type QuestionTerm } from "./question-terms.ts";
import { confidence, rankChunks, type ScoredChunk } from "./rank-chunks.ts";
import type { Rerank } from "./rerank.ts";
import type { TermBook } from "./term-book.ts";
import type { TermStatistics } from "./term-statistics.ts";
import { textLanguage } from "./text-language.ts";
import { twinKey } from "./twin-key.ts";

const CANDIDATES = 100;
const MAX_QUERY_TOKENS = 120;
const MAX_PASSAGES = 8;
const MAX_PASSAGES_OF_A_PAGE = 3;
const NEAREST_PAGES = 3;
const SHORT_QUESTION_TERMS = 2;
/**
 * Below it the pages do not answer the question; fitted with test/evals to at most 5 % false refusals. English questions
 * carry more words that say little, yet their words are found as they stand, so they may be held to more.
 */
const MIN_CONFIDENCE: Readonly<Record<Question["locale"], number>> = { en: 0.39, ko: 0.34 };

export interface Retrieval {
  terms: readonly QuestionTerm[];
  /** Best first, at most 8, at most 3 of a page. Empty when nothing answers the question. */
  passages: readonly ScoredChunk[];
  /** Everything that was found, best first, whether it answers or not. */
  ranked: readonly ScoredChunk[];
  /** The pages that come closest, at most 3; where no page has a word of the question, typical ones. */
  nearest: readonly SourceRef[];
  /** 0 to 1; see `confidence`. */
  confidence: number;
  statistics: TermStatistics;
  /** See SearchTrace. */
  vectors?: NonNullable<SearchTrace["vectors"]>;
  reranked?: NonNullable<SearchTrace["reranked"]>;
}

/** One search of the index, then our own order. @throws SearchUnavailableError */
export async function retrieve(
  deps: {
    index: VectorIndex;
    statistics: () => Promise<TermStatistics>;
    /** Default: the words of this product alone. */
    glossary?: () => Promise<TermBook>;
    /** Undefined: there is no embedder. */
    vectorOf?: Vectors["ofQuestion"] | undefined;
    /** Undefined: there is no reranker. */
    rerank?: Rerank | undefined;
  },
  question: Question,
): Promise<Retrieval> {
  const [statistics, asked] = await Promise.all([
    deps.statistics(),
    deps.vectorOf?.(withEarlierQuestion(question), question.signal),
  ]);
  const vector = asked?.kind === "vector" ? asked.vector : undefined;
  const language = questionLanguage(question);
  const terms = termsWithHistory(question, statistics, await deps.glossary?.()).map((term) =>
    inLanguages(term, language, statistics),
  );
  const tokens = [...new Set(terms.flatMap((term) => term.alternatives.flat()))];
  const searchText = tokens.slice(0, MAX_QUERY_TOKENS).join(" ");
  const audiences = question.audiences ?? ["public"];
  const hits = await deps.index.search({ searchText, vector, audiences, limit: CANDIDATES });
  const isNearnessKnown = hits.some(({ chunk }) => chunk.vector !== undefined);
  /** Not one word of the question is in any page: pages that show what there is to ask about. */
  const typicalPages = async (): Promise<ScoredChunk[]> => {
    const searched = { searchText: statistics.common.join(" "), audiences, limit: CANDIDATES };
    const typical = (await deps.index.search(searched)).map(({ chunk }) => ({
      chunk,
      score: 0,
      coverage: 0,
    }));
    return typical.toSorted(
      (a, b) => Number(b.chunk.language === language) - Number(a.chunk.language === language),
    );
  };
  const byWords = withoutTwins(
    rankChunks(
      hits.map((hit) => hit.chunk),
      terms,
      statistics,
      language,
    ),
    language,
  );
  const sureByWords = confidence(byWords, terms, statistics);
  const blended =
    vector === undefined
      ? { ranked: byWords, confidence: sureByWords }
      : blendNearness(byWords, vector, sureByWords);
  const { confidence: sure } = blended;
  const isAnswered = sure >= MIN_CONFIDENCE[language];
  const reranked = isAnswered
    ? await deps.rerank?.(question.text, blended.ranked, question.signal)
    : undefined;
  const ranked = reranked?.ranked ?? blended.ranked;
  const isShort = terms.length <= SHORT_QUESTION_TERMS;
  return {
    terms,
    passages: isAnswered ? bestPassages(isShort ? withLeadFirst(ranked) : ranked) : [],
    ranked,
    nearest: nearestPages(ranked.length > 0 ? ranked : await typicalPages()),
    confidence: sure,
    statistics,
    ...(asked !== undefined && {
      vectors: asked.kind === "none" ? asked.reason : isNearnessKnown ? "used" : "pending",
    }),
    ...(reranked !== undefined && { reranked: reranked.outcome }),
  };
}

/** A question of names only ("kubeconfig?") has the asker's language, any other its own. */
function questionLanguage(question: Question): Question["locale"] {
  const language = textLanguage(question.text);
  const words = question.text.toLowerCase().split(/[^a-z']+/);
  return language === "ko" || words.some((word) => ENGLISH_STOP_WORDS.has(word)) ? language : question.locale;
}

/** An English word is looked for in Korean only where no page has it: English pages are many, and Korean ones use it too. */
function inLanguages(
  term: QuestionTerm,
  locale: Question["locale"],
  statistics: TermStatistics,
): QuestionTerm {
  const own = term.alternatives.slice(0, term.inOwnLanguage);
  const isKnown = own.some((tokens) => tokens.some((token) => statistics.has(token)));
  return locale === "en" && isKnown ? { ...term, alternatives: own } : term;
}

/** A follow-up ("and for cpt?") is looked for together with what was asked before it, at less weight. */
function termsWithHistory(question: Question, statistics: TermStatistics, book?: TermBook): QuestionTerm[] {
  const focused = focusQuestion(question.text);
  if (focused !== question.text) return pastedTerms(questionTerms(focused, book), statistics);
  const terms = questionTerms(question.text, book);
  const before = question.history?.findLast((message) => message.role === "person");
  if (before === undefined || terms.length > 3) return terms;
  const asked = new Set(terms.map((term) => term.text));
  const earlier = questionTerms(before.text, book).filter((term) => !asked.has(term.text));
  return [...terms, ...earlier.map((term) => ({ ...term, weight: 0.5 }))];
}

/** What a follow-up is near to. */
function withEarlierQuestion({ text, history }: Question): string {
  const before = history?.findLast((message) => message.role === "person");
  return before === undefined || questionTerms(text).length > 3 ? text : `${before.text}\n${text}`;
}

/** Of a page that exists in two languages at twin paths, only the one in the asker's language stays. */
function withoutTwins(ranked: readonly ScoredChunk[], language: IndexedChunk["language"]): ScoredChunk[] {
  const preferred = new Set(
    ranked.filter(({ chunk }) => chunk.language === language).map(({ chunk }) => twinKey(chunk)),
  );
  return ranked.filter(({ chunk }) => chunk.language === language || !preferred.has(twinKey(chunk)));
}

/** "What is X?" is answered by what stands before the first section of the page about X. */
function withLeadFirst(ranked: readonly ScoredChunk[]): readonly ScoredChunk[] {
  const [best] = ranked;
  const lead = ranked.find(
    ({ chunk }) => chunk.documentId === best?.chunk.documentId && chunk.headings.length <= 1,
  );
  if (best === undefined || lead === undefined || lead === best) return ranked;
  return [{ ...lead, score: best.score }, ...ranked.filter((scored) => scored !== lead)];
}

function bestPassages(ranked: readonly ScoredChunk[]): ScoredChunk[] {
  const ofPage = new Map<string, number>();
  const passages: ScoredChunk[] = [];
  for (const scored of ranked) {
    const count = ofPage.get(scored.chunk.documentId) ?? 0;
    if (count === MAX_PASSAGES_OF_A_PAGE) continue;
    ofPage.set(scored.chunk.documentId, count + 1);
    passages.push(scored);
    if (passages.length === MAX_PASSAGES) break;
  }
  return passages;
}

function nearestPages(ranked: readonly ScoredChunk[]): SourceRef[] {
  const pages = new Map<string, SourceRef>();
  for (const { chunk } of ranked) {
    if (!pages.has(chunk.documentId)) pages.set(chunk.documentId, sourceRef(chunk));
    if (pages.size === NEAREST_PAGES) break;
  }
  return [...pages.values()];
}

export function sourceRef(chunk: IndexedChunk): SourceRef {
  return {
    documentId: chunk.documentId,
    title: chunk.title,
    headings: chunk.headings,
    url: chunk.url,
    ...(chunk.updatedAtMs > 0 ? { updatedAt: new Date(chunk.updatedAtMs) } : {}),
  };
}
