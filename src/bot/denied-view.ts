import type { Person } from "../actions/ports.ts";
import type { Denial } from "../actions/request-action.ts";
import { said } from "./bot-deps.ts";
import type { Texts } from "./texts/texts.ts";
import type { MessageView } from "./views/message.ts";
import { denialText } from "./views/request-card.ts";

export function deniedView(denial: Denial, action: string, person: Person, texts: Texts): MessageView {
  return said(`⚠️ ${denialText(denial, action, person.locale, texts)}`);
}
