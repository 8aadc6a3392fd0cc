/** Whether a text contains any of these answers, regardless of case, spaces, and marks of Markdown. No answers: no. */
export function answerContains(text: string, answers: readonly string[]): boolean {
  const folded = fold(text);
  return answers.some((answer) => {
    const sought = fold(answer);
    return sought !== "" && folded.includes(sought);
  });
}

/** Characters without width are ours: they keep links and mentions of a page from working in a chat. */
function fold(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&")
    .replace(/[\s\p{Cf}*_`\\]/gu, "")
    .replace(/[‘’“”"]/g, "'")
    .toLowerCase();
}
