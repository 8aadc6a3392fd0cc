import type { KnownBlock } from "@slack/types";
import type { RunRow } from "../../actions/training/find-run.ts";
import { shorten } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";
import { actions, button, overflow } from "./message.ts";
import { detailOf } from "./run-parts.ts";

/** What can be done to a run now: two buttons that matter, the rest in the menu, what destroys last and asked back. */
export function runButtons(run: RunRow, texts: Texts): KnownBlock {
  const logs = { actionId: "run.logs", label: texts.buttonLogs, value: run.id };
  const object = { actionId: "request.object", label: texts.buttonObject, value: run.request_id };
  const again = { actionId: "run.again", label: texts.runs.buttonAgain, value: run.id };
  const chart =
    detailOf(run).metrics?.loss === undefined
      ? []
      : [{ actionId: "run.chart", label: texts.metrics.buttonChart, value: run.id }];
  // Only a platform that keeps what succeeded can go on from there.
  const onwards =
    run.state === "failed" && detailOf(run).continues === true
      ? [{ actionId: "run.continue", label: texts.runs.buttonContinue, value: run.id }]
      : [];
  if (run.ended_at !== null) {
    const hasRemedy = detailOf(run).failure?.remedy !== undefined;
    return hasRemedy
      ? actions(
          button("run.remedy", texts.runs.buttonRemedy, run.id, { style: "primary" }),
          button("run.logs", texts.buttonLogs, run.id),
          overflow(...chart, again, ...onwards, object),
        )
      : actions(
          button("run.logs", texts.buttonLogs, run.id),
          button("run.again", texts.runs.buttonAgain, run.id),
          overflow(...chart, ...onwards, object),
        );
  }
  const { suspended = false, suspendable = false, gates = [] } = detailOf(run);
  const pause = suspended
    ? [{ actionId: "run.resume", label: texts.runs.buttonResume, value: run.id }]
    : suspendable
      ? [{ actionId: "run.suspend", label: texts.runs.buttonSuspend, value: run.id }]
      : [];
  const [gate] = gates;
  if (gate !== undefined) {
    const ask = (text: string) => ({
      title: texts.confirmTitle,
      text: shorten(text, 300),
      confirm: texts.runs.confirmGo,
      deny: texts.runs.confirmBack,
    });
    const value = `${run.id} ${gate.id}`;
    return actions(
      button("gate.approve", texts.runs.buttonGateApprove, value, {
        style: "primary",
        confirm: ask(texts.runs.gateConfirm(run.title, gate.name)),
      }),
      button("gate.reject", texts.runs.buttonGateReject, value, {
        style: "danger",
        confirm: ask(texts.runs.gateRejectConfirm(run.title, gate.name)),
      }),
      overflow(logs, ...pause, object, again, {
        actionId: "run.cancel-preview",
        label: texts.buttonCancel,
        value: run.id,
      }),
    );
  }
  return actions(
    // What waits has no log yet.
    run.state === "queued" && !suspended
      ? button("run.why", texts.waiting.buttonWhy, run.id)
      : button("run.logs", texts.buttonLogs, run.id),
    button("run.cancel", texts.buttonCancel, run.id, {
      style: "danger",
      confirm: {
        title: texts.confirmTitle,
        text: shorten(`${run.title} (${run.name}): ${texts.cancelConsequence}`, 300),
        confirm: texts.confirmYes,
        deny: texts.confirmNo,
      },
    }),
    overflow(...chart, ...pause, object, again),
  );
}
