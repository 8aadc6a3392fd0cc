import { readConfig } from "../config.ts";
import { countDuels } from "../rag/compare-models.ts";
import { findGaps, type GapQuestion } from "../rag/find-gaps.ts";
import { configOptionsOf } from "./config-options.ts";
import { textOf, UsageError, type CommandArguments } from "./read-arguments.ts";
import { readRunning } from "./running-file.ts";
import { withStore } from "./with-store.ts";

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 7;

export const gapsOptions = { config: "text", "data-dir": "text", days: "text", json: "flag" } as const;
export const gapsHelp = `Usage: ./jibsa gaps [options]

What people asked and got no good answer to: questions that the documents do not answer, and answers that somebody found
not helpful or wrong, by topic. It shows which pages to write or to mend. Below them, how
people voted where two models were compared (/ask --compare).

  --days N       of the last N days (default ${DEFAULT_DAYS})
  --json         one JSON array, for programs
  --config FILE  --data-dir DIR   as for up`;

const COMPLAINTS: Readonly<Record<GapQuestion["complaints"][number], string>> = {
  "no-answer": "no answer",
  "not-helpful": "not helpful",
  "other-page": "page of something else",
  "page-outdated": "page wrong or outdated",
  misread: "page misread",
  incomplete: "incomplete",
};

export async function gaps(args: CommandArguments): Promise<number> {
  const days = Number(textOf(args, "days") ?? DEFAULT_DAYS);
  if (!(Number.isInteger(days) && days >= 1 && days <= 3_650))
    throw new UsageError("--days: a whole number from 1 to 3650");
  const config = readConfig(process.env, configOptionsOf(args));
  return withStore(config, readRunning(config.dataDir), async (store) => {
    const since = new Date(Date.now() - days * DAY_MS);
    const found = await findGaps(store, since);
    if (args.values["json"] === true) {
      console.log(JSON.stringify(found));
      return 0;
    }
    const count = found.reduce((sum, { questions }) => sum + questions.length, 0);
    console.log(
      count === 0
        ? `every question of the last ${days} days has an answer that nobody complained about`
        : `${count} question${count === 1 ? "" : "s"} of the last ${days} days without a good answer`,
    );
    for (const { topic, questions } of found) {
      console.log(`\n${topic ?? "other"} (${questions.length})`);
      for (const { question, times, complaints, reasons } of questions) {
        const why = complaints.map((complaint) => COMPLAINTS[complaint]).join(", ");
        console.log(`  ${times}x  ${oneLine(question)}  [${why}]`);
        for (const reason of reasons) console.log(`      “${oneLine(reason)}”`);
      }
    }
    for (const { models, comparisons, votes } of await countDuels(store, since))
      console.log(
        `\n${models[0]} ${votes[0]} : ${votes[1]} ${models[1]}  (votes of ${comparisons} comparison${comparisons === 1 ? "" : "s"})`,
      );
    return 0;
  });
}

/** A terminal obeys control characters, and people wrote this. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
    .slice(0, 300);
}
