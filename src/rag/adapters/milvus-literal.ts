/**
 * A string inside a Milvus filter. Milvus Lite knows only these five escapes and no template values; everything else
 * stands for itself. Refuses (RangeError) half surrogates, which no server stores as they are.
 */
export function milvusLiteral(text: string): string {
  if (!text.isWellFormed()) throw new RangeError("a filter value is not well-formed text");
  const escaped = text.replace(/["\\\n\r\t]/g, (character) => ESCAPES[character] ?? character);
  return `"${escaped}"`;
}

export function milvusList(texts: readonly string[]): string {
  return `[${texts.map(milvusLiteral).join(",")}]`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};
