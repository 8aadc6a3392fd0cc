import type { Texts } from "../texts/texts.ts";
import { liveText } from "../views/live-facts.ts";
import type { LiveFacts } from "./look-up-live.ts";

/** Lookups of a question, begun by `read`. */
export interface LiveLookups {
  read(): Promise<LiveFacts>;
  /** Nothing else was asked: without gaps in what was looked up, documents need not be searched. */
  areAll: boolean;
}

/** What was looked up, in front of what documents say. Reading begins at once, beside the search. */
export function createLeadIn(lookups: LiveLookups | undefined, texts: Texts) {
  const reading = lookups?.read();
  // Awaited below; until then a failure must not count as nobody's.
  reading?.catch(() => undefined);
  return {
    /** The whole answer, where nothing but lookups was asked and all of them came. */
    async whole(): Promise<string | undefined> {
      if (reading === undefined || lookups?.areAll !== true) return undefined;
      const found = await reading;
      return found.isComplete ? liveText(found) : undefined;
    },
    /** Stands before the documents' part. */
    async before(): Promise<string> {
      return reading === undefined ? "" : `${liveText(await reading)}\n\n${texts.live.fromDocuments} `;
    },
    /** Of a question that the documents do not answer; undefined where nothing was looked up or found either. */
    async instead(isSearchAway: boolean): Promise<string | undefined> {
      if (reading === undefined) return undefined;
      const found = await reading;
      if (found.facts.length === 0) return undefined;
      const { docsAway, docsNothing } = texts.live;
      return `${liveText(found)}\n\n${isSearchAway ? docsAway : docsNothing}`;
    },
  };
}
