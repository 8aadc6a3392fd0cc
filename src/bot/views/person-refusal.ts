import type { Texts } from "../texts/texts.ts";

/** Why somebody cannot use the bot at all. */
export function personRefusal(cause: "guest" | "external" | "deactivated" | "unknown", texts: Texts): string {
  switch (cause) {
    case "guest":
      return texts.refusedGuest;
    case "external":
      return texts.refusedExternal;
    case "deactivated":
      return texts.refusedDeactivated;
    case "unknown":
      return texts.refusedUnknown;
  }
  return cause satisfies never;
}
