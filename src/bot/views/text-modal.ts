import type { ModalView } from "@slack/types";
import { codeBlock, shorten } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";
import { section } from "./message.ts";

const MAX_BLOCKS = 100;
const PAGE_CHARACTERS = 2_600;

/** A modal that only says something. */
export function textModal(text: string, texts: Texts): ModalView {
  return modal([section(shorten(text, 2_900))], texts);
}

/** The exact object, as JSON, cut between lines where a section ends. */
export function objectModal(object: unknown, texts: Texts): ModalView {
  const pages: string[] = [""];
  for (const line of JSON.stringify(object, undefined, 2).split("\n")) {
    const page = pages.at(-1) ?? "";
    if (page !== "" && page.length + line.length >= PAGE_CHARACTERS)
      pages.push(`${line.slice(0, PAGE_CHARACTERS)}\n`);
    else pages[pages.length - 1] = `${page}${line.slice(0, PAGE_CHARACTERS)}\n`;
  }
  return modal(
    pages.slice(0, MAX_BLOCKS).map((page) => section(codeBlock(page))),
    texts,
  );
}

function modal(blocks: ModalView["blocks"], texts: Texts): ModalView {
  return {
    type: "modal",
    callback_id: "text",
    title: { type: "plain_text", text: texts.objectTitle },
    close: { type: "plain_text", text: texts.close },
    blocks,
  };
}
