import { z } from "zod";
import { listOptions } from "../../slack-limits/validate-options.ts";
import { askApp } from "./ask-app.ts";
import { findElement, findPlace, type ElementPlace } from "./find-element.ts";
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
import { renderView } from "./view-store.ts";
import { isFields, type Fields, type UnknownFields } from "./wire-fields.ts";
import type { Person } from "./workspace-types.ts";

const suggestSchema = z.strictObject({
  user: nameSchema,
  channel: nameSchema.optional(),
  ts: timestampSchema.optional(),
  view_id: nameSchema.optional(),
  action_id: z.string(),
  block_id: z.string().optional(),
  /** What was typed into the select. */
  value: z.string().default(""),
});

/** Types into an external select; answers the options that the app offers. */
export const suggest: PeopleRoute = async (parts, input) => {
  const { value, ...asked } = readInput(suggestSchema, input);
  const person = findActor(parts, asked.user);
  const place = findPlace(parts, person, asked);
  const placed = findElement(place, asked);
  return { options: await suggestOptions(parts, person, place, placed, value) };
};

const mostOptions = 100;

/** Asks the app for the options of an external select. */
export async function suggestOptions(
  parts: PlaygroundParts,
  person: Person,
  place: ElementPlace,
  placed: PlacedElement,
  value: string,
): Promise<readonly UnknownFields[]> {
  if (!placed.type.endsWith("external_select"))
    throw new PeopleError("invalid_selection", `a ${placed.type} has its own options`);
  const payload = {
    type: "block_suggestion",
    ...interactionFields(parts, person),
    ...suggestionPlace(parts, place),
    action_id: placed.actionId,
    block_id: placed.blockId,
    value,
  };
  const outcome = await askApp(
    parts,
    person,
    { type: "interactive", name: "block_suggestion", payload },
    "Loading the options",
  );
  if (outcome.kind === "failed") throw new PeopleError(outcome.error, "the app gave no options");
  const options = isFields(outcome.body) ? listOptions(outcome.body) : [];
  if (options.length > mostOptions)
    throw new PeopleError(
      "invalid_options",
      `the app offered ${options.length} options; Slack takes ${mostOptions}`,
    );
  return options;
}

function suggestionPlace(parts: PlaygroundParts, place: ElementPlace): Fields {
  if (place.kind === "view")
    return { container: { type: "view", view_id: place.view.id }, view: renderView(place.view) };
  const { channel, message } = place;
  return {
    container: {
      type: "message",
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: message.ephemeralFor !== undefined,
    },
    channel: channelFields(channel),
    ...(message.ephemeralFor === undefined ? { message: parts.renderer.render(message) } : {}),
  };
}
