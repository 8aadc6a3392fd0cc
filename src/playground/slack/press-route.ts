import { z } from "zod";
import { askApp, failedAnswer } from "./ask-app.ts";
import { selectValue } from "./element-values.ts";
import { blocksOf, feedbackButton, findElement, findPlace, type ElementPlace } from "./find-element.ts";
import type { PlacedElement } from "./interactive-elements.ts";
import {
  channelFields,
  findActor,
  interactionFields,
  nameSchema,
  PeopleError,
  readInput,
  timestampSchema,
  type PeopleRoute,
} from "./people-input.ts";
import type { PlaygroundParts } from "./playground-parts.ts";
import { mergeValues, offeredOptions, selectionNames, type EnteredValues } from "./entered-values.ts";
import { suggestOptions } from "./suggest-route.ts";
import { renderView } from "./view-store.ts";
import { compact, isFields, readText, type Fields } from "./wire-fields.ts";
import type { Person, StateValues } from "./workspace-types.ts";

const pressSchema = z.strictObject({
  user: nameSchema,
  channel: nameSchema.optional(),
  ts: timestampSchema.optional(),
  view_id: nameSchema.optional(),
  action_id: z.string(),
  block_id: z.string().optional(),
  /** Tells apart buttons that share an action_id; for a menu the option to choose. */
  value: z.string().optional(),
  /** What is chosen or entered: see docs/playground.md. */
  selected: z.unknown().optional(),
  /** What stands in the other fields of the message or view. */
  values: z.record(z.string(), z.unknown()).optional(),
});

const buttons = ["button", "workflow_button", "icon_button", "feedback_buttons"];

/** Clicks a button or chooses in a menu; waits for the acknowledgement. */
export const press: PeopleRoute = async (parts, input) => {
  const asked = readInput(pressSchema, input);
  const person = findActor(parts, asked.user);
  const place = findPlace(parts, person, asked);
  const placed = findElement(place, asked);
  const isMenu = !buttons.includes(placed.type);
  const selected = asked.selected ?? (isMenu ? asked.value : undefined);
  const chosen = isMenu ? await choose(parts, person, place, placed, selected) : undefined;
  const values = keepValues(parts, person, place, asked.values ?? {}, placed, chosen);
  if (placed.block["type"] === "input" && placed.block["dispatch_action"] !== true)
    return { acked: false, dispatched: false };
  const action = compact({
    type: placed.type,
    action_id: placed.actionId,
    block_id: placed.blockId,
    ...elementFields(placed, asked.value),
    ...chosen,
    action_ts: parts.messages.nextTs(),
  });
  const payload = {
    type: "block_actions",
    ...interactionFields(parts, person),
    ...placeFields(parts, person, place, values),
    trigger_id: parts.triggers.create(person.id),
    actions: [action],
  };
  const outcome = await askApp(
    parts,
    person,
    { type: "interactive", name: "block_actions", payload },
    "That",
  );
  return outcome.kind === "failed" ? failedAnswer(outcome.error) : { acked: true };
};

/**
 * Slack's value object for a choice. The options of an external select come from the app: an option object is one that it
 * offered while somebody typed; for a mere word it is asked.
 */
async function choose(
  parts: PlaygroundParts,
  person: Person,
  place: ElementPlace,
  placed: PlacedElement,
  selected: unknown,
): Promise<Fields> {
  const isExternal = placed.type.endsWith("external_select");
  const options =
    !isExternal || isCleared(selected)
      ? undefined
      : isOption(selected)
        ? offeredOptions(selected)
        : await suggestOptions(parts, person, place, placed, searchWord(selected));
  const selection = selectValue(placed.element, selected, selectionNames(parts, options));
  if (selection.kind === "invalid")
    throw new PeopleError("invalid_selection", `selected: ${selection.message}`);
  return selection.value;
}

function isCleared(selected: unknown): boolean {
  return (
    selected === undefined ||
    selected === null ||
    selected === "" ||
    (Array.isArray(selected) && selected.length === 0)
  );
}

/** One option object, or a list of nothing else. */
function isOption(selected: unknown): boolean {
  if (Array.isArray(selected)) return selected.every(isOption);
  return isFields(selected) && isFields(selected["text"]) && readText(selected, "value") !== undefined;
}

function searchWord(selected: unknown): string {
  const first: unknown = Array.isArray(selected) ? selected[0] : selected;
  if (isFields(first)) return readText(first, "value") ?? "";
  return typeof first === "string" ? first : "";
}

/** Remembers what stands in the fields now and returns it. */
function keepValues(
  parts: PlaygroundParts,
  person: Person,
  place: ElementPlace,
  entered: EnteredValues,
  placed: PlacedElement,
  chosen: Fields | undefined,
): StateValues {
  const known =
    place.kind === "view"
      ? place.view.values
      : parts.messageValues.read(person.id, place.message, blocksOf(place));
  const merged = mergeValues(parts, blocksOf(place), known, entered);
  const touched =
    chosen && placed.type !== "overflow"
      ? { ...merged, [placed.blockId]: { ...merged[placed.blockId], [placed.actionId]: chosen } }
      : merged;
  if (place.kind === "view") parts.views.setValues(parts.views.get(place.view.id) ?? place.view, touched);
  else parts.messageValues.write(person.id, place.message, touched);
  return touched;
}

function elementFields(placed: PlacedElement, value: string | undefined): Fields {
  const { element } = placed;
  if (placed.type === "feedback_buttons") {
    const half = feedbackButton(placed, value);
    if (!half) throw new PeopleError("invalid_selection", "value: must be that of one of the two buttons");
    return { text: half["text"], value: half["value"] };
  }
  const kept = buttons.includes(placed.type)
    ? ["text", "value", "url", "style", "icon", "confirm"]
    : ["placeholder", "confirm", "initial_option", "initial_options"];
  return Object.fromEntries(kept.map((name) => [name, element[name]]));
}

/** Container, message or view, state and response_url, by where the element stands. */
function placeFields(
  parts: PlaygroundParts,
  person: Person,
  place: ElementPlace,
  values: StateValues,
): Fields {
  if (place.kind === "view") {
    const view = parts.views.get(place.view.id) ?? place.view;
    return { container: { type: "view", view_id: view.id }, view: renderView(view) };
  }
  const { channel, message } = place;
  const isEphemeral = message.ephemeralFor !== undefined;
  const target = { channel: channel.id, user: person.id, messageTs: message.ts };
  return {
    container: compact({
      type: "message",
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: isEphemeral,
      thread_ts: message.threadTs,
    }),
    channel: channelFields(channel),
    ...(isEphemeral ? {} : { message: parts.renderer.render(message, true) }),
    state: { values },
    response_url: parts.responseUrls.create("actions", target),
  };
}
