/** What can be looked up beside the documents. All of it only looks. */
export type Lookup =
  | { kind: "my-runs" }
  | { kind: "free-gpus" }
  | { kind: "allowances" }
  /** `run` is the beginning of a name. */
  | { kind: "run"; run: string }
  /** The asker's latest run that failed, of a stage if one is named. */
  | { kind: "last-failure"; stage: string };

export interface ChosenLookups {
  lookups: readonly Lookup[];
  /** Nothing but these was asked: documents are needed only where one of them does not answer. */
  areAll: boolean;
}

/** Asks for a way to do something: documents answer that, whatever words it holds. */
const HOW_TO =
  /\bhow (?:do|does|can|could|should|would|to)\b(?!.*\b(?:my|our) (?:\w+ )?(?:runs?|jobs?|training)\b.*\b(?:doing|going)\b)|\bwhat does\b|\bwhat happens\b|하려면|려면|방법|하는 법|어떻게 (?:해|하|돌|보|확인|설정|쓰|만들|시작|다시)|이 뭐|가 뭐|란 (?:뭐|무엇)/i;

const MINE = /\b(?:my|our)\b|(?:^|[^가-힣])(?:내|제|나의|저의|우리)(?=\s|가|$)/i;
const RUN_WORD =
  /\b(?:runs?|jobs?|training|trainings|fine-?tuning|experiments?)\b|학습|훈련|작업|잡(?:이|은|을|\s|$)|실행|런(?:이|은|을|\s|$)|파인\s?튜닝/i;
const STATE_WORD =
  /\b(?:how (?:is|are|far)|how'?s|status|progress|doing|going|running|still|finished|done|eta|left|state|now|waiting|pending)\b|지금|현재|어때|어떻게 (?:됐|되|돼)|상태|진행|대기|기다|어디까지|얼마나 (?:됐|남)|끝났|남았|돌고|돌아가|잘 (?:되|돌)/i;
const GPU_WORD = /\b(?:gpus?|h100s?|a100s?|h200s?|l40s?)\b|지피유|(?:GPU|H100|A100)(?=[가-힣])/i;
const FREE_WORD =
  /\b(?:free|available|idle|unused|left)\b|남(?:았|아|은|는)|비(?:었|어|는)|빈\s|놀고|여유|사용 가능|쓸 수 있(?!나요 *$)/i;
const COUNT_WORD = /\b(?:how many|any|which|are there|is there)\b|몇|있(?:어|나|을)|얼마나|어느|지금/i;
const ALLOWANCE_WORD = /\b(?:quotas?|limits?|allowance)\b|쿼터|한도|할당량|몇\s?(?:개|장|대)까지/i;
const USED_WORD =
  /\b(?:how (?:much|many)|left|used|remaining|reached|what (?:is|are))\b|얼마|남|몇|어떻게 (?:되|돼)|찼|썼/i;
const FAILURE_WORD =
  /\b(?:fail(?:s|ed|ing|ure)?|crash(?:ed|es)?|died?|dead|errors?|stopped|broke|oom|killed)\b|실패|죽었|죽은|에러|오류|멈췄|터졌|중단됐/i;
const WHY_WORD =
  /\b(?:why|reason|cause|last error|what (?:went wrong|happened|was the error|is the error))\b|왜|이유|원인|무슨|뭐/i;

/**
 * Which lookups a question asks for, by its words in Korean and English. A question about how something is done asks for
 * none. At most three.
 */
export function chooseLookups(question: string, stages: readonly string[]): ChosenLookups {
  const text = question.normalize("NFC").trim();
  const run = runNamed(text, stages);
  const lookups: Lookup[] = [];
  if (HOW_TO.test(text)) return { lookups, areAll: false };
  const isWhy = FAILURE_WORD.test(text) && WHY_WORD.test(text);
  const stage = stages.find((name) => wordOf(name).test(text)) ?? "";
  const isMine = MINE.test(text);
  if (run !== undefined && (isWhy || STATE_WORD.test(text))) lookups.push({ kind: "run", run });
  else if (isWhy && ((isMine && RUN_WORD.test(text)) || stage !== ""))
    lookups.push({ kind: "last-failure", stage });
  else if (isMine && RUN_WORD.test(text) && STATE_WORD.test(text)) lookups.push({ kind: "my-runs" });
  const isAllowance = ALLOWANCE_WORD.test(text) && (isMine || GPU_WORD.test(text)) && USED_WORD.test(text);
  if (isAllowance) lookups.push({ kind: "allowances" });
  if (!isAllowance && GPU_WORD.test(text) && FREE_WORD.test(text) && COUNT_WORD.test(text))
    lookups.push({ kind: "free-gpus" });
  // Why something failed, and what a limit means, is what documents tell more about.
  const areAll =
    lookups.length > 0 &&
    !/\bwhy\b|왜/i.test(text) &&
    lookups.every(({ kind }) => kind === "my-runs" || kind === "free-gpus");
  return { lookups, areAll };
}

/** "sft-r1a2b3", "sft-7b-…": a stage's name with something behind it. */
function runNamed(text: string, stages: readonly string[]): string | undefined {
  for (const stage of stages) {
    const found = new RegExp(`(?<![\\w-])${escapeRegExp(stage)}-[a-z0-9][a-z0-9-]*`, "i").exec(text);
    if (found !== null) return found[0].toLowerCase().replace(/-+$/, "");
  }
  return undefined;
}

/** A name by itself, also with a Korean particle behind it. */
export function wordOf(name: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}_-])${escapeRegExp(name)}(?![A-Za-z0-9_-])`, "iu");
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
