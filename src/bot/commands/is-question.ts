const BEGINS_LIKE_ONE =
  /^(?:and |but |so |then )?(?:how|what|why|where|when|which|who|whose|can|could|does|do|did|is|are|was|were|will|would|should|may)\b/i;
const ENDS_LIKE_ONE =
  /(?:나요|까요|가요|는요|은요|ㄴ가요|인가|을까|ㄹ까|죠|어때요?|되나|하나|할까|뭐예요|뭔가요|뭐야)$/;
const HOLDS_A_WORD_OF_ONE = /(?:어떻게|왜|언제|어디|무엇|뭐|얼마나|누가|어느|몇)(?![가-힣]*(?:든|나마))/;

/** Whether a sentence reads like a question, in English or Korean: by its mark, or by how questions begin and end. */
export function isQuestion(text: string): boolean {
  const sentence = text.trim().replace(/[\s.!~…)"'”’]+$/u, "");
  if (sentence === "") return false;
  if (/[?？]$/.test(sentence)) return true;
  if (/\p{Script=Hangul}/u.test(sentence))
    return ENDS_LIKE_ONE.test(sentence) || HOLDS_A_WORD_OF_ONE.test(sentence);
  return BEGINS_LIKE_ONE.test(sentence);
}
