/** Particles that follow a noun, longest first, so that the longest one is taken off. */
const PARTICLES: readonly string[] = (
  "으로부터 에서부터 이라도 에게서 으로는 으로도 에서는 에서도 에서의 까지는 까지도 부터는 처럼은 이라는 이라면 이라고 " +
  "에서 에게 한테 으로 로서 로써 로는 로도 로의 까지 부터 보다 처럼 마다 조차 밖에 이나 이랑 이란 라는 라면 라고 하고 과의 와의 에는 에도 에만 에선 " +
  "들을 들이 들은 들의 들과 들에 " +
  "을 를 은 는 이 가 에 의 로 와 과 도 만 나 랑 란 고 들"
).split(" ");
const PARTICLE_SET: ReadonlySet<string> = new Set(PARTICLES);

/** Endings of verbs made from nouns ("재시도하려면") and of questions ("되나요"), longest first. */
const ENDINGS: readonly string[] = (
  "하고싶어요 하고싶은데 하시겠어요 하려고요 시키려면 시키나요 하려면요 하는지요 되었나요 했었나요 하셨나요 할까요 하면요 " +
  "하려면 하려고 하나요 하는데 하는지 하면서 하였다 했는데 했어요 했나요 했을때 됐어요 됐나요 되나요 되는지 되는데 되려면 되었다 됩니다 합니다 합니까 됩니까 입니까 입니다 " +
  "인가요 인지요 이에요 이예요 인데요 이란 할때 될때 해야 해서 해도 해요 돼요 되요 되면 되는 된다 되고 되어 되지 하면 하는 하고 하기 하게 하지 한다 하여 하자 할지 할수 " +
  "시켜 시킨 시킬 한 할 함 해 된 될 됨 돼 인 일"
).split(" ");

/** Endings of any verb ("돌리려면", "보나요"). */
const VERB_ENDINGS: readonly string[] = (
  "으려면 려면 으려고 려고 으면 면 으면서 면서 나요 던가요 은가요 ㄴ가요 을까요 까요 어요 아요 여요 에요 네요 죠 지요 습니까 습니다 었어요 았어요 " +
  "는지 는데 는가 는게 는건 는 던 도록 지만 으세요 세요 기 고 어 아 게"
).split(" ");

/** Question words and fillers; compared with a whole word. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    "어떻게 어떤 어떡해 어떠한 어떨 어디 어디서 어디에 어디에서 어느 언제 왜 무엇 무엇을 무엇이 무엇인가요 무엇인지 무슨 뭐 뭐가 뭐를 뭘 뭔가요 뭐예요 뭐에요 뭐야 뭐죠 뭔지 누가 누구 얼마나 몇 " +
    "하려면 하나요 하는 하는지 하면 하고 해요 해야 해 하죠 하지 할까요 할 할까 한 했는데 합니까 합니다 하는데 하는건가요 하는거예요 " +
    "되나요 되는 되는지 되면 돼요 되요 된 될까요 됩니까 됩니다 되죠 돼 되어 되려면 " +
    "이유 방법 법 경우 정도 관련 계속 자꾸 가장 제일 차이 종류 때문 문제가 싶 하고싶 끼리 " +
    "있나요 있는 있는지 있어요 있을까요 있습니까 있습니다 있다 있죠 있으면 있을 있어 없나요 없는 없어요 없이 없을 " +
    "인가요 인지 이란 란 이에요 예요 이야 뭔데 " +
    "가능한가요 가능해요 가능한 필요한가요 필요해요 " +
    "알려줘 알려주세요 알려줘요 알고 싶어요 싶은데 싶어 싶으면 싶습니다 가르쳐줘 설명해줘 설명해주세요 주세요 줘 줘요 부탁해요 궁금해요 궁금합니다 좀 혹시 그리고 그런데 근데 그럼 그러면 이거 저거 그거 이것 그것 이런 그런 저런 이 그 저 제 내 우리 저희 " +
    "수 것 거 건 게 걸 때 때는 때에 대해 대한 대해서 위해 위한 위해서 통해 및 또는 또 더 안 못 잘 다 등 쓰려면 써요 쓰나요 쓰는 써야 걸어요 거나요"
  ).split(" "),
);

export function isParticle(text: string): boolean {
  return PARTICLE_SET.has(text);
}

/** Whether a word says nothing about what a question is about: a filler, or a verb of one syllable ("쓰려면"). */
export function isKoreanStopWord(word: string): boolean {
  if (STOP_WORDS.has(word) || word.length === 1) return true;
  const ending = [...ENDINGS, ...VERB_ENDINGS, ...PARTICLES].find((candidate) => word.endsWith(candidate));
  if (ending === undefined) return false;
  const rest = word.slice(0, -ending.length);
  return rest.length <= 1 || STOP_WORDS.has(rest);
}

/**
 * The part of a Korean word that carries its meaning, for weighing a question: "재시도하려면" -> "재시도".
 * At least two syllables stay, so that short nouns that merely look inflected ("도로", "회의") are left alone.
 */
export function koreanStem(word: string): string {
  let stem = word;
  for (let round = 0; round < 2; round += 1) {
    const ending = [...ENDINGS, ...VERB_ENDINGS, ...PARTICLES].find(
      (candidate) => stem.endsWith(candidate) && stem.length - candidate.length >= 2,
    );
    // "재시도를": what is left may end like a particle ("도") without having one.
    if (ending === undefined || (round > 0 && ending.length === 1)) break;
    stem = stem.slice(0, -ending.length);
  }
  return stem;
}
