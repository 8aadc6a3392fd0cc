import type { IndexedChunk } from "./ports.ts";
import type { ScoredChunk } from "./rank-chunks.ts";

/** What a model reads under one number: a chunk, or neighbours of one section of a page. */
export interface AnswerSection {
  /** The best of its chunks; a citation leads there. */
  chunk: IndexedChunk;
  text: string;
}

/** A prompt that fits, and the passages that did not. */
export interface FittedSections {
  sections: readonly AnswerSection[];
  leftOut: ReadonlySet<ScoredChunk>;
}

/** Neighbouring chunks of one section become one, at the place of the better. */
export function mergeNeighbours(
  passages: readonly ScoredChunk[],
): { section: AnswerSection; of: ScoredChunk[] }[] {
  const merged: { positions: number[]; of: ScoredChunk[] }[] = [];
  for (const passage of passages) {
    const position = positionOf(passage.chunk);
    const near = merged.filter(
      ({ of, positions }) =>
        of[0]?.chunk.url === passage.chunk.url &&
        of[0].chunk.documentId === passage.chunk.documentId &&
        positions.some((other) => Math.abs(other - position) === 1),
    );
    const [first, ...others] = near;
    if (first === undefined) {
      merged.push({ positions: [position], of: [passage] });
      continue;
    }
    // It may close the gap between two.
    for (const one of [{ positions: [position], of: [passage] }, ...others]) {
      first.positions.push(...one.positions);
      first.of.push(...one.of);
      if (merged.includes(one)) merged.splice(merged.indexOf(one), 1);
    }
  }
  return merged.map(({ of }) => {
    const inOrder = of.toSorted((left, right) => positionOf(left.chunk) - positionOf(right.chunk));
    const best = of[0]?.chunk ?? inOrder[0]?.chunk;
    if (best === undefined) throw new Error("a section without a chunk");
    return { section: { chunk: best, text: inOrder.map(({ chunk }) => chunk.text).join("\n\n") }, of };
  });
}

/** The best sections that fit into so many tokens, whole: what does not fit is left out, never cut. */
export function fitSections(passages: readonly ScoredChunk[], tokens: number): FittedSections {
  const sections: AnswerSection[] = [];
  const leftOut = new Set<ScoredChunk>();
  let left = tokens;
  for (const { section, of } of mergeNeighbours(passages)) {
    const size = estimateTokens(renderSection(section, sections.length));
    if (size > left) {
      for (const one of of) leftOut.add(one);
      continue;
    }
    left -= size;
    sections.push(section);
  }
  return { sections, leftOut };
}

export function renderSection({ chunk, text }: AnswerSection, index: number): string {
  return `[${index + 1}] ${chunk.headings.join(" > ")}\n${text}\n\n`;
}

/** Rather too many: three letters of English a token, and each letter of Korean one, as models with small vocabularies have it. */
export function estimateTokens(text: string): number {
  let ascii = 0;
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) < 128) ascii += 1;
  return Math.ceil(ascii / 3 + (text.length - ascii));
}

function positionOf({ id }: IndexedChunk): number {
  return Number(id.slice(id.lastIndexOf(":") + 1));
}
