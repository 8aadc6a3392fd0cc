import type { AnswerEvent, SourceRef, TokenUsage } from "../../rag/ports.ts";
import { withoutHidden } from "../../rag/safe-text.ts";

/** The sentences around an answer, in its language. */
export interface AnswerTexts {
  dontKnow: string;
  modelAway: string;
  nearestPages: string;
  modeExtractive: string;
  answerBrokeOff: string;
  curated: { mode(person: string, date: string): string };
}

export interface Citation {
  number: number;
  source: SourceRef;
}

/** OpenAI's own form of a citation; positions are those of the page's link in the text. */
export interface UrlCitation {
  type: "url_citation";
  url_citation: { start_index: number; end_index: number; url: string; title: string };
}

/**
 * An answer as the Markdown that a chat shows: its text, then the pages as numbered links, since many clients show nothing
 * but text. `canTakeBack` says whether text that was given out can still be replaced (not once it was streamed).
 */
export function createChatContent(options: { texts: AnswerTexts; canTakeBack: boolean }) {
  const { texts } = options;
  let content = "";
  let citations: Citation[] = [];
  let annotations: UrlCitation[] = [];
  let mode: "generated" | "extractive" | "curated" | "no-answer" = "no-answer";
  let model: string | undefined;
  let usage: TokenUsage | undefined;

  const append = (text: string): string => {
    content += text;
    return text;
  };
  const appendPages = (lead: string, mark: (citation: Citation) => string): string => {
    const before = content.length;
    content += lead;
    for (const citation of citations) {
      const { source } = citation;
      const start = content.length + mark(citation).length;
      content += mark(citation) + markdownLink(source);
      const place = { start_index: start, end_index: content.length };
      annotations.push({
        type: "url_citation",
        url_citation: { ...place, url: source.url, title: titleOf(source) },
      });
    }
    return content.slice(before);
  };

  return {
    /** What the text grows by. */
    push(event: AnswerEvent): string {
      switch (event.kind) {
        case "stage":
          return "";
        case "text-delta":
          return append(event.text);
        case "citation":
          citations.push({ number: event.number, source: event.source });
          return "";
        case "restart": {
          citations = [];
          annotations = [];
          if (!options.canTakeBack) return append(`\n\n*${texts.answerBrokeOff}*\n\n`);
          content = "";
          return "";
        }
        case "answer-end": {
          mode = event.mode;
          model = event.mode === "curated" ? undefined : event.model;
          usage = event.mode === "curated" ? undefined : event.usage;
          const pages = appendPages("\n", ({ number }) => `\n- [${number}] `);
          if (event.mode === "extractive") return pages + append(`\n\n*${texts.modeExtractive}*`);
          if (event.mode !== "curated") return pages;
          const { name, at } = event.by;
          return (
            pages + append(`\n\n*${texts.curated.mode(plainName(name), at.toISOString().slice(0, 10))}*`)
          );
        }
        case "no-answer": {
          citations = event.nearest.map((source, index) => ({ number: index + 1, source }));
          const said = append(event.reason === "model-unavailable" ? texts.modelAway : texts.dontKnow);
          return citations.length === 0
            ? said
            : said + appendPages(`\n\n${texts.nearestPages}\n`, () => "\n- ");
        }
      }
      return event satisfies never;
    },
    result: () => ({ content, citations, annotations, mode, model, usage }),
  };
}

export type ChatResult = ReturnType<ReturnType<typeof createChatContent>["result"]>;

function titleOf({ title, headings }: SourceRef): string {
  return withoutHidden([title, ...headings.filter((heading) => heading !== title)].join(" › "));
}

function plainName(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`*_[\]<>()!~|#&]/g, (character) => `\\${character}`);
}

/** A title is somebody's text: nothing in it may become a link, a picture or a tag. */
function markdownLink(source: SourceRef): string {
  const label = plainName(titleOf(source));
  if (!/^https?:\/\/\S+$/.test(source.url)) return label;
  return `[${label}](${source.url.replace(/[()<>"\\]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)})`;
}
