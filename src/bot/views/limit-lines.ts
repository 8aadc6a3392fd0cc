import { isOver, type LimitUse } from "../../actions/limits.ts";
import type { Preview } from "../../actions/ports.ts";
import { formatNumber } from "../texts/en.ts";
import type { Texts } from "../texts/texts.ts";
import { actions, button, section, type MessageView } from "./message.ts";

/** What each limit leaves, as a preview shows it: "your GPUs  6 of 8; this asks for 2". */
export function limitLines({ limits = [] }: Preview, texts: Texts): readonly string[] {
  const asked = limits.filter(({ wanted }) => wanted > 0);
  return asked.map((use) => {
    const line = texts.limits.line(...figuresOf(use));
    const warning = isOver(use) ? ` ⚠️ ${texts.limits.overWhenShown}` : "";
    return `*${texts.limits.title(use.per, use.measure)}*  ${line}${warning}`;
  });
}

/** Which limit stands in the way, and by how much. */
export function overLimitText(over: LimitUse, texts: Texts): string {
  const [used, allowed, wanted] = figuresOf(over);
  const { limit, per, measure } = over;
  return texts.limits.over({ limit, per, measure, used, allowed, wanted });
}

/** For whoever pressed Start: why it was not, and the button once more where waiting helps. */
export function overLimitView(over: LimitUse, requestId: string, texts: Texts): MessageView {
  const canHelp = !isOver({ ...over, used: 0 });
  const text = `⚠️ ${overLimitText(over, texts)} ${canHelp ? texts.limits.startLater : texts.limits.never}`;
  const again = actions(
    button("request.start", texts.limits.buttonAgain, requestId),
    button("request.discard", texts.buttonDiscard, requestId),
  );
  return { text, blocks: [section(text), ...(canHelp ? [again] : [])] };
}

function figuresOf({ used, allowed, wanted }: LimitUse): [used: string, allowed: string, wanted: string] {
  return [formatNumber(used), formatNumber(allowed), formatNumber(wanted)];
}
