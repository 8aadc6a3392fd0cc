import { decide } from "../actions/policy.ts";
import type { Person } from "../actions/ports.ts";
import type { Denial } from "../actions/request-action.ts";
import { said, type HandlingContext } from "./bot-deps.ts";
import type { Texts } from "./texts/texts.ts";
import type { MessageView } from "./views/message.ts";
import { denialText } from "./views/request-card.ts";

export function deniedView(denial: Denial, action: string, person: Person, texts: Texts): MessageView {
  return said(`⚠️ ${denialText(denial, action, person.locale, texts)}`);
}

/** What to say where the policy does not let the person do this; undefined where it does. */
export function refusal({ deps, person, texts }: HandlingContext, action: string): MessageView | undefined {
  const decision = decide(deps.actions.policy, person, { action });
  return decision.kind === "denied" ? deniedView(decision, action, person, texts) : undefined;
}
