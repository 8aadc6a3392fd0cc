import type { ModalView } from "@slack/types";
import { decidingParameters } from "../../actions/training/dependent-parameters.ts";
import { formFields, type Field } from "../../actions/training/form-fields.ts";
import { describeAllowed, formatValue } from "../../actions/training/stage-catalogue.ts";
import type { Stage } from "../../actions/ports.ts";
import { LAST_PRESET } from "../../actions/training/stage-presets.ts";
import { shorten, stripHidden } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";

export const TRAIN_FORM = "train-form";
export const STAGE_BLOCK = "stage";
/** Action of the select of the stage. */
export const STAGE_SELECT = "train-form.stage";

const plain = (text: string, maxLength: number) => ({
  type: "plain_text" as const,
  text: shorten(stripHidden(text), maxLength),
});

/** Action of the select that fills the fields; its value is `<stage>/<preset>`. */
export const PRESET_SELECT = "train-form.preset";
const DEFAULTS = "defaults";
/** Action of a field that other fields depend on. */
export const DECIDING_FIELD = "train-form.deciding";

export interface FilledForm {
  stage: Stage;
  /** Whether the person has started this stage before. */
  hasLast: boolean;
  /** What the fields show instead of the defaults. */
  preset?: { name: string; parameters: Readonly<Record<string, string>> } | undefined;
  /** What the fields hold already, where they are drawn anew: it goes before the preset. */
  typed?: Readonly<Record<string, string>>;
}

/** One form for one stage; another stage or preset in the selects redraws it. `metadata` says where the preview goes. */
export function trainForm(
  stages: readonly Stage[],
  { stage, hasLast, preset, typed }: FilledForm,
  metadata: string,
  texts: Texts,
): ModalView {
  const option = (candidate: Stage) => ({
    text: plain(`${candidate.name} · ${candidate.summary[texts.locale]}`, 75),
    value: candidate.name,
  });
  const deciding = decidingParameters(stage);
  const fields = formFields(stage, { preset: preset?.parameters, typed });
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
          action_id: STAGE_SELECT,
          options: stages.slice(0, 100).map(option),
          initial_option: option(stage),
        },
      },
      ...presetBlocks(stage, hasLast, preset?.name ?? DEFAULTS, texts),
      ...fields.slice(0, 90).map((field) => ({
        type: "input" as const,
        block_id: blockIdOf(stage, field, preset?.name),
        optional: true,
        ...(deciding.has(field.name) && { dispatch_action: true }),
        label: plain(`${field.name} · ${field.summary[texts.locale]}`, 2_000),
        hint: plain(texts.formHint(describeAllowed(field), formatValue(field.default)), 2_000),
        element: elementOf(field, deciding.has(field.name) ? DECIDING_FIELD : "value"),
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

/** With another stage, preset or rule Slack must not keep what was typed for this one: they are part of the id. */
function blockIdOf(stage: Stage, { name, because = [] }: Field, preset: string | undefined): string {
  const rule = because.map(({ value }) => String(value)).join("+");
  return [stage.name, name, preset ?? "", shorten(rule, 80)].join("/").replace(/\/+$/, "");
}

function elementOf(field: Field, actionId: string) {
  if (field.choices !== undefined && field.choices.length <= 100) {
    const option = (value: string) => ({ text: plain(value, 75), value });
    return {
      type: "static_select" as const,
      action_id: actionId,
      options: field.choices.map((choice) => option(String(choice))),
      initial_option: option(
        String(field.choices.find((choice) => String(choice) === field.text) ?? field.default),
      ),
    };
  }
  const initial = field.text ?? formatValue(field.default);
  return {
    type: "plain_text_input" as const,
    action_id: actionId,
    initial_value: initial.slice(0, 256),
    max_length: 256,
  };
}

export interface FormValues {
  [blockId: string]: {
    [actionId: string]: { value?: string | null; selected_option?: { value: string } | null };
  };
}

/** What the form holds: the stage, the preset that was chosen, and the parameters that were filled in. */
export function readTrainForm(values: FormValues): {
  stage: string;
  preset?: string;
  parameters: Record<string, string>;
} {
  const stage = values[STAGE_BLOCK]?.[STAGE_SELECT]?.selected_option?.value ?? "";
  const parameters: Record<string, string> = {};
  for (const [blockId, actions] of Object.entries(values)) {
    if (!blockId.startsWith(`${stage}/`)) continue;
    const field = actions["value"] ?? actions[DECIDING_FIELD];
    const value = field?.selected_option?.value ?? field?.value ?? "";
    const [name = ""] = blockId.slice(stage.length + 1).split("/");
    if (value.trim() !== "") parameters[name] = value;
  }
  const chosen = values[`preset/${stage}`]?.[PRESET_SELECT]?.selected_option?.value.split("/")[1];
  return { stage, ...(chosen !== undefined && chosen !== DEFAULTS && { preset: chosen }), parameters };
}
