import type { WayOut } from "../actions/training/waiting/ways-out.ts";
import { said, type HandlingContext } from "./bot-deps.ts";
import { deniedView } from "./denied-view.ts";
import { requestChange } from "./request-change.ts";
import { besideWaitingRun } from "./views/waiting-card.ts";

/** The preview of the same stage with what would let it start sooner. The run that waits stays until it is cancelled, with a button for that beside. */
export async function changeWaiting(
  context: HandlingContext,
  runId: string,
  kind: WayOut["kind"],
): Promise<void> {
  const { deps, delivery, person, texts, id } = context;
  // What the button stood for may have changed meanwhile: it is found anew.
  const outcome = await deps.actions.read(id, person, "train-why", { run: runId });
  if (outcome.kind === "denied")
    return deps.reply.privately(delivery, deniedView(outcome.denial, outcome.subject.action, person, texts));
  if (outcome.kind === "invalid-input") return deps.reply.privately(delivery, said(texts.oldButton));
  const report = outcome.output;
  const way = report.kind === "waiting" ? report.ways.find((one) => one.kind === kind) : undefined;
  if (report.kind !== "waiting" || way === undefined)
    return deps.reply.privately(delivery, said(texts.waiting.gone));
  const { run, parameters, mayCancel } = report;
  return requestChange(
    context,
    "train-start",
    { stage: run.stage, parameters: { ...parameters, [way.parameter]: String(way.to) } },
    (view) => besideWaitingRun(view, run, mayCancel, texts),
  );
}
