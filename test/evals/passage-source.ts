import type { DocumentSource } from "#src/rag/document-source.ts";
import type { EvalPassage } from "./read-rows.ts";

/** Passages as a source of documents, one each. Their paths say nothing, so that no question finds an id. */
export function createPassageSource(passages: readonly EvalPassage[]): {
  source: DocumentSource;
  pidOf(path: string): string;
} {
  const byPath = new Map(passages.map((passage, index) => [`passages/p${index}x.md`, passage]));
  const updatedAt = new Date(0);
  const passageAt = (path: string): EvalPassage => {
    const passage = byPath.get(path);
    if (passage === undefined) throw new RangeError(`no passage at ${path}`);
    return passage;
  };
  return {
    pidOf: (path) => passageAt(path).pid,
    source: {
      name: "passages",
      settings: "",
      list: async () => ({
        documents: [...byPath.keys()].map((path) => ({ path })),
        skipped: [],
      }),
      read: async (path) => ({
        path,
        bytes: Buffer.from(markdownOf(passageAt(path))),
        format: "markdown",
        updatedAt,
        url: `https://passages.invalid/${path}`,
      }),
    },
  };
}

function markdownOf({ title, text }: EvalPassage): string {
  return title.trim() === "" ? text : `# ${title.replace(/\s+/g, " ").trim()}\n\n${text}`;
}
