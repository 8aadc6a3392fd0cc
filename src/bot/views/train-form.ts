import type { ModalView } from "@slack/types";
import { describeAllowed, formatValue } from "../../actions/training/stage-catalogue.ts";
import type { Stage, StageParameter } from "../../actions/ports.ts";
import { LAST_PRESET } from "../../actions/training/stage-presets.ts";
import { shorten, stripHidden } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";

export const TRAIN_FORM = "train-form";
export const STAGE_BLOCK = "stage";

const plain = (text: string, maxLength: number) => ({
  type: "plain_text" as const,
  text: shorten(stripHidden(text), maxLength),
});

/** Action of the select that fills the fields; its value is `<stage>/<preset>`. */
export const PRESET_SELECT = "train-form.preset";
const DEFAULTS = "defaults";

export interface FilledForm {
  stage: Stage;
  /** Whether the person has started this stage before. */
  hasLast: boolean;
  /** What the fields show instead of the defaults. */
  preset?: { name: string; parameters: Readonly<Record<string, string>> } | undefined;
}

/** One form for one stage; another stage or preset in the selects redraws it. `metadata` says where the preview goes. */
export function trainForm(
  stages: readonly Stage[],
  { stage, hasLast, preset }: FilledForm,
  metadata: string,
  texts: Texts,
): ModalView {
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
      ...presetBlocks(stage, hasLast, preset?.name ?? DEFAULTS, texts),
      ...stage.parameters.slice(0, 90).map((parameter) => ({
        type: "input" as const,
        // Stage and preset are part of the id: with another one Slack must not keep what was typed for this one.
        block_id: `${stage.name}/${parameter.name}${preset === undefined ? "" : `/${preset.name}`}`,
        optional: true,
        label: plain(`${parameter.name} · ${parameter.summary[texts.locale]}`, 2_000),
        hint: plain(texts.formHint(describeAllowed(parameter), formatValue(parameter.default)), 2_000),
        element: elementOf(parameter, preset?.parameters[parameter.name]),
      })),
    ],
  };
}

/** None where there is nothing to choose between. */
function presetBlocks(stage: Stage, hasLast: boolean, chosen: string, texts: Texts): ModalView["blocks"] {
  const presets = [
    { name: DEFAULTS, label: texts.formPresetDefaults },
    ...(hasLast ? [{ name: LAST_PRESET, label: texts.formPresetLast }] : []),
    ...(stage.presets ?? []).map(({ name, summary }) => ({
      name,
      label: `${name} · ${summary[texts.locale]}`,
    })),
  ];
  if (presets.length < 2) return [];
  const options = presets.map(({ name, label }) => ({
    text: plain(label, 75),
    value: `${stage.name}/${name}`,
  }));
  const initial = options.find(({ value }) => value === `${stage.name}/${chosen}`);
  return [
    {
      type: "input",
      block_id: `preset/${stage.name}`,
      optional: true,
      dispatch_action: true,
      label: plain(texts.formPreset, 2_000),
      element: {
        type: "static_select",
        action_id: PRESET_SELECT,
        options,
        ...(initial !== undefined && { initial_option: initial }),
      },
    },
  ];
}

function elementOf(parameter: StageParameter, filled: string | undefined) {
  const initial = filled ?? formatValue(parameter.default);
  if (parameter.choices !== undefined && parameter.choices.length <= 100) {
    const option = (value: string) => ({ text: plain(value, 75), value });
    return {
      type: "static_select" as const,
      action_id: "value",
      options: parameter.choices.map((choice) => option(String(choice))),
      initial_option: option(
        String(parameter.choices.find((choice) => String(choice) === filled) ?? parameter.default),
      ),
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
    const [name = ""] = blockId.slice(stage.length + 1).split("/");
    if (value.trim() !== "") parameters[name] = value;
  }
  return { stage, parameters };
}
