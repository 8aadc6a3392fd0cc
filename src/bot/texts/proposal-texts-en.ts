import { code } from "../escape.ts";

/** A start that the question asked for. */
export const proposalTextsEn = {
  offer: (command: string) => `Start it? ${code(command)} shows its preview first.`,
  dropped: (pairs: readonly string[]) =>
    `Left out, because the stage does not take it: ${pairs.map(code).join(", ")}`,
  button: "Show the preview",
};
