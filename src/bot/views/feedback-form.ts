import type { ModalView } from "@slack/types";
import type { WrongCause } from "../../store/database.ts";
import { shorten } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";
import type { FormValues } from "./train-form.ts";

export const FEEDBACK_FORM = "feedback-form";
export const WRONG_CAUSES: readonly WrongCause[] = ["other-page", "page-outdated", "misread", "incomplete"];
const MAX_REASON_CHARACTERS = 1_000;
/** Of an input; Slack allows no more. */
const MAX_CURATED_CHARACTERS = 3_000;

const plain = (text: string, maxLength: number) => ({
  type: "plain_text" as const,
  text: shorten(text, maxLength),
});

/** What is wrong with an answer? `metadata` says which answer, and where it stands. Who may curate can write the right one. */
export function feedbackForm(metadata: string, texts: Texts, mayCurate: boolean): ModalView {
  const options = WRONG_CAUSES.map((cause) => ({
    text: plain(texts.answers.wrongCauses[cause], 75),
    value: cause,
  }));
  return {
    type: "modal",
    callback_id: FEEDBACK_FORM,
    private_metadata: metadata,
    title: plain(texts.answers.wrongTitle, 24),
    submit: plain(texts.answers.wrongSubmit, 24),
    close: plain(texts.formCancel, 24),
    blocks: [
      {
        type: "input",
        block_id: "cause",
        label: plain(texts.answers.wrongCause, 2_000),
        element: { type: "static_select", action_id: "value", options },
      },
      {
        type: "input",
        block_id: "reason",
        optional: true,
        label: plain(texts.answers.wrongReason, 2_000),
        hint: plain(texts.answers.wrongHint, 2_000),
        element: {
          type: "plain_text_input",
          action_id: "value",
          multiline: true,
          max_length: MAX_REASON_CHARACTERS,
        },
      },
      ...(mayCurate
        ? [
            {
              type: "input" as const,
              block_id: "curated",
              optional: true,
              label: plain(texts.curated.label, 2_000),
              hint: plain(texts.curated.hint, 2_000),
              element: {
                type: "plain_text_input" as const,
                action_id: "value",
                multiline: true,
                max_length: MAX_CURATED_CHARACTERS,
              },
            },
          ]
        : []),
    ],
  };
}

/** Undefined where nothing was chosen, which Slack does not let happen. */
export function readFeedbackForm(
  values: FormValues,
): { cause: WrongCause; reason: string; curated: string } | undefined {
  const chosen = values["cause"]?.["value"]?.selected_option?.value;
  const cause = WRONG_CAUSES.find((known) => known === chosen);
  const reason = (values["reason"]?.["value"]?.value ?? "").trim().slice(0, MAX_REASON_CHARACTERS);
  const curated = (values["curated"]?.["value"]?.value ?? "").trim().slice(0, MAX_CURATED_CHARACTERS);
  return cause === undefined ? undefined : { cause, reason, curated };
}
