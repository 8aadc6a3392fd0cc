import { code } from "../escape.ts";
import type { proposalTextsEn } from "./proposal-texts-en.ts";

/** The same in Korean. */
export const proposalTextsKo: typeof proposalTextsEn = {
  offer: (command) => `시작할까요? ${code(command)} 의 미리 보기부터 보여 드려요.`,
  dropped: (pairs) => `이 스테이지에서 쓸 수 없어서 뺐어요: ${pairs.map(code).join(", ")}`,
  button: "미리 보기",
};
