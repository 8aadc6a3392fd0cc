/** Words that say nothing about what an English text is about, question words included. */
export const ENGLISH_STOP_WORDS: ReadonlySet<string> = new Set(
  (
    "a an the and or but if then else of at by for with about into to from in on off over under again " +
    "is am are was were be been being do does did doing have has had having will would shall should can could may might must " +
    "i me my we our ours us you your yours he him his she her hers it its they them their theirs " +
    "this that these those there here what which who whom whose when where why how " +
    "not no nor so than too very just also as such any each few more most other some own same both all only " +
    "s t d ll re ve m don doesn didn isn aren wasn won wouldn couldn shouldn let please tell"
  ).split(" "),
);

const VOWEL = /[aeiouy]/;

/**
 * A light stem: plurals, -ed, -ing and a final e. It joins "retries", "retried" and "retrying" with "retry", and leaves
 * words of another kind ("scheduler") alone. Only for lower-case words of a to z.
 */
export function stemEnglish(word: string): string {
  let stem = word;
  if (stem.length <= 3) return stem;
  if (stem.endsWith("ies") && stem.length > 4) stem = `${stem.slice(0, -3)}y`;
  else if (/(?:ss|sh|ch|x|z)es$/.test(stem)) stem = stem.slice(0, -2);
  else if (/[^su]s$/.test(stem)) stem = stem.slice(0, -1);

  if (stem.endsWith("ied") && stem.length > 4) stem = `${stem.slice(0, -3)}y`;
  else stem = withoutEnding(stem, "ing") ?? withoutEnding(stem, "ed") ?? stem;
  if (stem.length > 3 && stem.endsWith("e")) stem = stem.slice(0, -1);
  return stem;
}

function withoutEnding(word: string, ending: string): string | undefined {
  if (!word.endsWith(ending)) return undefined;
  const rest = word.slice(0, -ending.length);
  if (rest.length < 3 || !VOWEL.test(rest)) return undefined;
  // "running" -> "run", but "install(ing)" keeps its two letters.
  return /([bdgkmnprt])\1$/.test(rest) ? rest.slice(0, -1) : rest;
}
