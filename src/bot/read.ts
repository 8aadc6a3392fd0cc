import type { ReadInput, ReadName, ReadOutput } from "../actions/registry.ts";
import { answerWithChart, answerWithLogs } from "./answers/answer-with-file.ts";
import { said, type HandlingContext } from "./bot-deps.ts";
import { deniedView } from "./denied-view.ts";
import type { Texts } from "./texts/texts.ts";
import { clusterCard } from "./views/cluster-card.ts";
import type { MessageView } from "./views/message.ts";
import { runDifference, runHistory } from "./views/run-history.ts";
import { runDetails, runList } from "./views/run-list.ts";
import { scheduleList } from "./views/schedule-list.ts";
import { waitingCard } from "./views/waiting-card.ts";

/** What a view may ask besides what was read. */
interface ViewFacts {
  texts: Texts;
  isSimulated(cluster: string): boolean;
  now: Date;
}

/** How each look is shown: what is answered where it was asked, undefined for what went elsewhere. */
const VIEWS: {
  [Name in ReadName]: (
    output: ReadOutput<Name>,
    facts: ViewFacts,
    context: HandlingContext,
  ) => MessageView | Promise<MessageView | undefined>;
} = {
  "train-list": (runs, { isSimulated, texts }) => runList(runs, isSimulated, texts),
  "train-status": (run, { isSimulated, texts }) => runDetails(run, isSimulated(run.cluster), texts),
  "train-history": (past, { isSimulated, texts }) => runHistory(past, isSimulated, texts),
  "train-schedules": (places, { isSimulated, texts }) => scheduleList(places, isSimulated, texts),
  "train-diff": (difference, { texts }) => runDifference(difference, texts),
  "train-logs": (output, _, context) => answerWithLogs(context, output),
  "train-chart": (output, _, context) => answerWithChart(context, output),
  "train-why": (report, { isSimulated, texts, now }) =>
    waitingCard(report, isSimulated(report.run.cluster), now, texts),
  "cluster-status": (reports, { texts }) => clusterCard(reports, texts),
};

/** Looks something up and answers where it was asked. */
export async function read<Name extends ReadName>(
  context: HandlingContext,
  name: Name,
  input: ReadInput<Name>,
): Promise<void> {
  const { deps, delivery, person, id, texts } = context;
  const outcome = await deps.actions.read(id, person, name, input);
  switch (outcome.kind) {
    case "invalid-input":
      return deps.reply.answer(
        delivery,
        said(outcome.problems.map((problem) => texts.problem(problem)).join("\n")),
      );
    case "denied":
      return deps.reply.answer(delivery, deniedView(outcome.denial, outcome.subject.action, person, texts));
    case "answered": {
      const isSimulated = (cluster: string) => deps.actions.clusters.get(cluster)?.simulated ?? false;
      const facts = { texts, isSimulated, now: deps.now() };
      const view = await VIEWS[name](outcome.output, facts, context);
      return view === undefined ? undefined : deps.reply.answer(delivery, view);
    }
  }
  return outcome satisfies never;
}
