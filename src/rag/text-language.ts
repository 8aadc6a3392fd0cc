import type { Locale } from "../store/database.ts";

/** Korean when at least a tenth of the letters outside code are Hangul: Korean pages of this field are full of English words. */
export function textLanguage(text: string): Locale {
  const prose = text
    .slice(0, 20_000)
    .replace(/^[ \t]*(```|~~~)[\s\S]*?^[ \t]*\1/gm, "")
    .replace(/`[^`\n]*`/g, "");
  const hangul = prose.match(/\p{sc=Hangul}/gu)?.length ?? 0;
  const letters = prose.match(/\p{L}/gu)?.length ?? 0;
  return hangul > 0 && hangul * 10 >= letters ? "ko" : "en";
}
