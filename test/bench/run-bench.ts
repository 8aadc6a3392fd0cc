import { loadavg } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ackFigure } from "./ack.ts";
import type { Figure } from "./figure.ts";
import { indexingFigure } from "./indexing.ts";
import { retrievalFigure } from "./retrieval.ts";
import { firstTextFigure } from "./first-text.ts";
import { followFigure } from "./follow.ts";
import { listFigure } from "./list.ts";
import { breakOff, measureFigure, printLine, ROUNDS, TITLE } from "./measure-figure.ts";
import { memoryFigure } from "./memory.ts";
import { readyFigure } from "./ready.ts";
import { startFigure } from "./start.ts";

const FIGURES: readonly Figure[] = [
  ackFigure,
  firstTextFigure,
  retrievalFigure,
  indexingFigure,
  startFigure,
  listFigure,
  followFigure,
  memoryFigure,
  readyFigure,
];

const USAGE = `Measures Jibsa against bare peers in the same run, so that the numbers mean the same on every machine.

  ./jibsa bench [NAME…] [--corpus DIR] [--quick]

${FIGURES.map(({ name, summary }) => `  ${name.padEnd(12)} ${summary}`).join("\n")}

  --corpus DIR   folder of Markdown pages for first-text; it is skipped without one
  --rounds N     how many rounds, default ${ROUNDS}
  --quick        one round of tiny counts: shows that the measurement works, its numbers mean nothing

Each line is the median of its rounds, which measure one side after the other, in alternating order.
Ends with 1 when a figure is over its limit (never with --quick), with 2 when it is called wrongly.`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      corpus: { type: "string" },
      quick: { type: "boolean" },
      rounds: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  const unknown = positionals.find((name) => !FIGURES.some((figure) => figure.name === name));
  if (unknown !== undefined) {
    console.error(`there is no figure ${unknown}\n\n${USAGE}`);
    return 2;
  }
  const isQuick = values.quick === true;
  const rounds = isQuick ? 1 : Number(values.rounds ?? ROUNDS);
  if (!Number.isInteger(rounds) || rounds < 1) {
    console.error(`--rounds takes a number from 1 on\n\n${USAGE}`);
    return 2;
  }
  const corpus = values.corpus === undefined ? undefined : resolve(values.corpus);
  const chosen = FIGURES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const printed: string[] = [];
  let isOver = false;
  for (const figure of chosen) {
    console.error(`${figure.name}: load ${loadText()}`);
    const results = await measureFigure(figure, {
      isQuick,
      rounds,
      corpus,
      log: (text) => console.error(text),
    });
    if ("skipped" in results) printed.push(`${figure.name.padEnd(19)} skipped: ${results.skipped}`);
    else {
      printed.push(...results.map(printLine));
      isOver ||= results.some((result) => result.isOver);
    }
  }
  console.log([TITLE, ...printed, `load at the end: ${loadText()}`].join("\n"));
  return isOver && !isQuick ? 1 : 0;
}

const loadText = (): string =>
  loadavg()
    .map((load) => load.toFixed(1))
    .join(" ");

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void breakOff().finally(() => process.exit(130)));

try {
  process.exitCode = await main();
} catch (error) {
  const isUsage =
    error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
  console.error(isUsage ? `${error.message}\n\n${USAGE}` : error);
  process.exitCode = isUsage ? 2 : 1;
}
