import type { Locale } from "../../store/database.ts";
import { en } from "./en.ts";
import { ko } from "./ko.ts";

export type Texts = typeof en;

export function textsFor(locale: Locale): Texts {
  return locale === "ko" ? ko : en;
}

/** Korean as soon as there is Hangul in it; otherwise the reader's own language. */
export function localeOfText(text: string, fallback: Locale): Locale {
  if (/[\p{Script=Hangul}]/u.test(text)) return "ko";
  return /[a-z]{3}/i.test(text) ? "en" : fallback;
}

/** Slack's user locale, e.g. "ko-KR". */
export function localeOfSlack(locale: string | undefined): Locale {
  return locale?.toLowerCase().startsWith("ko") === true ? "ko" : "en";
}
