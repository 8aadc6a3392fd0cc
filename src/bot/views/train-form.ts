import type { ModalView } from "@slack/types";
import { describeAllowed, formatValue } from "../../actions/training/stage-catalogue.ts";
import type { Stage, StageParameter } from "../../actions/ports.ts";
import { shorten, stripHidden } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";

export const TRAIN_FORM = "train-form";
export const STAGE_BLOCK = "stage";

const plain = (text: string, maxLength: number) => ({
  type: "plain_text" as const,
  text: shorten(stripHidden(text), maxLength),
});

/** One form for one stage; another stage in the select redraws it. `metadata` says where the preview goes. */
export function trainForm(stages: readonly Stage[], stage: Stage, metadata: string, texts: Texts): ModalView {
  const option = (candidate: Stage) => ({
    text: plain(`${candidate.name} · ${candidate.summary[texts.locale]}`, 75),
    value: candidate.name,
  });
  return {
    type: "modal",
    callback_id: TRAIN_FORM,
    private_metadata: metadata,
    title: plain(texts.formTitle, 24),
    submit: plain(texts.formSubmit, 24),
    close: plain(texts.formCancel, 24),
    blocks: [
      {
        type: "input",
        block_id: STAGE_BLOCK,
        dispatch_action: true,
        label: plain(texts.formStage, 2_000),
        element: {
          type: "static_select",
          action_id: "train-form.stage",
          options: stages.slice(0, 100).map(option),
          initial_option: option(stage),
        },
      },
      ...stage.parameters.slice(0, 90).map((parameter) => ({
        type: "input" as const,
        // The stage is part of the id: with another stage Slack must not keep what was typed for this one.
        block_id: `${stage.name}/${parameter.name}`,
        optional: true,
        label: plain(`${parameter.name} · ${parameter.summary[texts.locale]}`, 2_000),
        hint: plain(texts.formHint(describeAllowed(parameter), formatValue(parameter.default)), 2_000),
        element: elementOf(parameter),
      })),
    ],
  };
}

function elementOf(parameter: StageParameter) {
  const initial = formatValue(parameter.default);
  if (parameter.choices !== undefined && parameter.choices.length <= 100) {
    const option = (value: string) => ({ text: plain(value, 75), value });
    return {
      type: "static_select" as const,
      action_id: "value",
      options: parameter.choices.map((choice) => option(String(choice))),
      initial_option: option(String(parameter.default)),
    };
  }
  return { type: "plain_text_input" as const, action_id: "value", initial_value: initial, max_length: 256 };
}

export interface FormValues {
  [blockId: string]: {
    [actionId: string]: { value?: string | null; selected_option?: { value: string } | null };
  };
}

/** What the form holds: the stage and the parameters that were filled in. */
export function readTrainForm(values: FormValues): { stage: string; parameters: Record<string, string> } {
  const stage = values[STAGE_BLOCK]?.["train-form.stage"]?.selected_option?.value ?? "";
  const parameters: Record<string, string> = {};
  for (const [blockId, actions] of Object.entries(values)) {
    if (!blockId.startsWith(`${stage}/`)) continue;
    const field = actions["value"];
    const value = field?.selected_option?.value ?? field?.value ?? "";
    if (value.trim() !== "") parameters[blockId.slice(stage.length + 1)] = value;
  }
  return { stage, parameters };
}
