import { code } from "../escape.ts";

type Measure = "gpus" | "runs" | "gpuHours";
const MEASURES: Readonly<Record<Measure, string>> = {
  gpus: "GPUs",
  runs: "runs at once",
  gpuHours: "GPU-hours of seven days",
};

/** What limits say. A limit's name is free text of the settings and escaped by the sentence. */
export const limitTextsEn = {
  title: (per: "person" | "team", measure: Measure) =>
    `${per === "person" ? "your" : "your team's"} ${MEASURES[measure]}`,
  line: (used: string, allowed: string, wanted: string) => `${used} of ${allowed}; this asks for ${wanted}`,
  overWhenShown: "more than the limit leaves now",
  over: (options: {
    limit: string;
    per: "person" | "team";
    measure: Measure;
    used: string;
    allowed: string;
    wanted: string;
  }): string => {
    const { limit, per, measure, used, allowed, wanted } = options;
    const whose = per === "person" ? "one person" : "the team together";
    return `Not started: the limit ${code(limit)} allows ${whose} ${allowed} ${MEASURES[measure]}. Taken now: ${used}, this asks for ${wanted}.`;
  },
  startLater:
    "Press again when one of these runs has ended, ask for less, or ask your MLOps lead to raise the limit.",
  never: "It asks for more than the whole limit. Ask for less, or ask your MLOps lead to raise the limit.",
  approveLater:
    "Your approval was not counted, and whoever asked has been told. Approve it again when one of these runs has ended.",
  waitsForApproval:
    "It can be approved again as soon as one of these runs has ended (`/train list`), until the approval expires.",
  startAgain: "Start it again when one of these runs has ended.",
  buttonAgain: "Try again",
};
