import type { KnownBlock } from "@slack/types";
import { shorten } from "../escape.ts";
import type { Proposal } from "../answers/propose-start.ts";
import type { Texts } from "../texts/texts.ts";
import { actions, button, section } from "./message.ts";

/** The offer under an answer. The button's value is the answer's id: its row holds what was proposed. */
export function proposalBlocks(proposal: Proposal, answerId: string, texts: Texts): KnownBlock[] {
  const words = texts.proposals;
  const pairs = Object.entries(proposal.parameters).map(([name, value]) => ` ${name}=${value}`);
  const lines = [
    words.offer(shorten(`/train start ${proposal.stage}${pairs.join("")}`, 600)),
    ...(proposal.dropped.length === 0
      ? []
      : [words.dropped(proposal.dropped.map((pair) => shorten(pair, 100)))]),
  ];
  return [section(lines.join("\n")), actions(button("proposal.preview", words.button, answerId))];
}
