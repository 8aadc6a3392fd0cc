const MAX_CHARACTERS = 80;

const ENGLISH_THREAD = String.raw`(?:(?:this|the|our) )?(?:whole |entire )?(?:thread|conversation|discussion)`;
/** "summarize this thread", "can you give me a summary of the thread so far, please?", "tl;dr of this thread" */
const ENGLISH = new RegExp(
  String.raw`^(?:please |(?:can|could|would) you (?:please )?)?(?:` +
    String.raw`(?:summari[sz]e|sum up|recap)(?: (?:for (?:me|us) )?(?:${ENGLISH_THREAD}|this))?|` +
    String.raw`(?:give (?:me|us) )?(?:a |the )?(?:short |brief |quick )?(?:summary|recap|tl;?dr)(?: (?:of|for) (?:${ENGLISH_THREAD}|this))?|` +
    String.raw`(?:thread|conversation) (?:summary|recap|tl;?dr)` +
    String.raw`)(?: (?:so far|for me|for us|please|thanks))*$`,
  "i",
);

/** "이 스레드 요약해줘", "스레드 내용 간단히 정리해 주세요", "지금까지 대화 요약 부탁해요" */
const KOREAN = new RegExp(
  String.raw`^(?:(?:이|여기|위|지금까지(?:의)?|현재) ?)*(?:(?:스레드|쓰레드|대화|논의)(?:를|을|의|에서)? ?)?(?:(?:내용|이야기|얘기)(?:을|를)? ?)?` +
    String.raw`(?:(?:좀|짧게|간단히|간단하게|한번|한 번) ?)*` +
    String.raw`(?:(?:세|몇|한|두) ?줄(?:로)? ?)?` +
    String.raw`(?:요약|정리)(?:을|본)?(?: ?(?:좀|한번|한 번))?` +
    String.raw`(?: ?(?:해 ?(?:줘요?|주세요|주실래요|줄래요?|주시겠어요|봐줘|달라)|부탁(?:해요?|드려요|드립니다|합니다)?|해))?$`,
);

/** Whether a message asks for a summary of the thread in which it stands, and for nothing else. */
export function asksForSummary(text: string): boolean {
  const sentence = text
    .normalize("NFC")
    .replace(/,/g, " ")
    .replace(/\s+/g, " ")
    .replace(/[\s.!?？~…]+$/u, "")
    .trim();
  return sentence.length <= MAX_CHARACTERS && (ENGLISH.test(sentence) || KOREAN.test(sentence));
}
