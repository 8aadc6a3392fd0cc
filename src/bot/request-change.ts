import type { ChangeInput, ChangeName } from "../actions/registry.ts";
import type { StartOutcome } from "../actions/start-request.ts";
import type { RepeatInput } from "../actions/training/repeat-run.ts";
import { said, type HandlingContext } from "./bot-deps.ts";
import { deniedView } from "./denied-view.ts";
import { overLimitView } from "./views/limit-lines.ts";
import { unsafeText } from "./views/unsafe-text.ts";
import type { MessageView } from "./views/message.ts";
import { previewCard } from "./views/preview-card.ts";

/** Plans a change and shows its preview to the asker alone, or says why it cannot be. */
export async function requestChange<Name extends ChangeName>(
  context: HandlingContext,
  name: Name,
  input: ChangeInput<Name>,
  /** What stands around the preview. */
  around: (view: MessageView) => MessageView = (view) => view,
): Promise<void> {
  const { deps, delivery, texts } = context;
  const outcome = await plan(context, name, input, delivery.threadTs);
  if (outcome.kind === "refused") return deps.reply.answer(delivery, outcome.view);
  // Only the asker sees it, also where a mention asked for it.
  return deps.reply.privately(
    delivery,
    around(previewCard(outcome.request, outcome.preview, texts, delivery.direct)),
    around(previewCard(outcome.request, outcome.preview, texts, true)),
  );
}

/** Shows the preview of the same run once more, with changes. */
export async function repeatRun(context: HandlingContext, input: RepeatInput): Promise<void> {
  const { deps, delivery, person, texts } = context;
  const repeated = await deps.actions.repeat(person, input);
  if (repeated.ok) return requestChange(context, "train-start", repeated.value);
  const problems = repeated.failure.map((problem) => texts.problem(problem)).join("\n");
  return deps.reply.answer(delivery, said(problems));
}

/** For a button that asked back already, naming the thing and the consequence: the request starts at once. */
export async function requestChangeAtOnce<Name extends ChangeName>(
  context: HandlingContext,
  name: Name,
  input: ChangeInput<Name>,
): Promise<void> {
  const { deps, delivery, person, id } = context;
  const outcome = await plan(context, name, input, delivery.threadTs ?? delivery.ts);
  if (outcome.kind === "refused") return deps.reply.privately(delivery, outcome.view);
  const started = await deps.actions.start(id, person, "start");
  await ringStarted(context, id, started);
  return deps.reply.privately(delivery, startView(context, id, started));
}

async function plan<Name extends ChangeName>(
  { deps, delivery, person, id, texts }: HandlingContext,
  name: Name,
  input: ChangeInput<Name>,
  threadTs: string | undefined,
) {
  const outcome = await deps.actions.request(id, person, name, input, {
    channel: delivery.channel,
    locale: person.locale,
    ...(threadTs !== undefined && { threadTs }),
  });
  switch (outcome.kind) {
    case "invalid-input": {
      const view = said(outcome.problems.map((problem) => texts.problem(problem)).join("\n"));
      return { kind: "refused" as const, view };
    }
    case "denied": {
      const view = deniedView(outcome.denial, outcome.subject.action, person, texts);
      return { kind: "refused" as const, view };
    }
    case "unsafe": {
      const view = said(unsafeText(outcome.violations, texts));
      return { kind: "refused" as const, view };
    }
    case "previewed":
      return outcome;
  }
  return outcome satisfies never;
}

/** Rings for what has become of a preview whose button was pressed. */
export async function ringStarted(
  { deps }: HandlingContext,
  requestId: string,
  outcome: StartOutcome,
): Promise<void> {
  if (outcome.kind === "queued") await deps.enqueue("run-action", { requestId });
  if (outcome.kind === "queued" || outcome.kind === "needs-approval")
    await deps.enqueue("draw-request", { requestId });
}

export function startView(
  { person, texts }: HandlingContext,
  requestId: string,
  outcome: StartOutcome,
): MessageView {
  switch (outcome.kind) {
    case "queued":
      return said(texts.queuedNow(outcome.request.action));
    case "needs-approval":
      return said(texts.sentForApproval);
    case "discarded":
      return said(texts.discarded);
    case "denied":
      return deniedView(outcome.denial, outcome.subject.action, person, texts);
    case "over-limit":
      return overLimitView(outcome.over, requestId, texts);
    case "already-started":
      return said(texts.alreadyStarted(texts.requestState(outcome.request.state)));
    case "not-yours":
      return said(texts.notYours);
    case "outdated":
      return said(texts.outdated);
    case "not-found":
      return said(texts.oldButton);
  }
  return outcome satisfies never;
}
