import { listOptions } from "../../slack-limits/validate-options.ts";
import { listElements, type PlacedElement } from "./interactive-elements.ts";
import { findChannel, findMessage, PeopleError } from "./people-input.ts";
import type { PlaygroundParts } from "./playground-parts.ts";
import { isFields } from "./wire-fields.ts";
import type { Channel, Message, Person, ViewRecord } from "./workspace-types.ts";

/** Where an element stands. */
export type ElementPlace =
  | { readonly kind: "message"; readonly channel: Channel; readonly message: Message }
  | { readonly kind: "view"; readonly view: ViewRecord };

export interface ElementQuery {
  readonly channel?: string | undefined;
  readonly ts?: string | undefined;
  readonly view_id?: string | undefined;
  readonly action_id: string;
  readonly block_id?: string | undefined;
  readonly value?: string | undefined;
}

/** The message or view that was meant: by channel and ts, by view id, or else the open modal, or else the Home. */
export function findPlace(
  parts: PlaygroundParts,
  person: Person,
  query: Omit<ElementQuery, "action_id">,
): ElementPlace {
  if (query.ts !== undefined) {
    if (query.channel === undefined)
      throw new PeopleError("invalid_arguments", "channel: needed together with ts");
    const channel = findChannel(parts, person, query.channel);
    return { kind: "message", channel, message: findMessage(parts, person, channel, query.ts) };
  }
  const view =
    query.view_id === undefined
      ? (parts.views.stack(person.id).at(-1) ?? parts.views.home(person.id))
      : parts.views.get(query.view_id);
  if (!view || view.user !== person.id)
    throw new PeopleError(
      "view_not_found",
      `${person.name} has no such view open; name \`ts\` or \`view_id\``,
    );
  return { kind: "view", view };
}

export function blocksOf(place: ElementPlace): readonly unknown[] {
  if (place.kind === "view")
    return Array.isArray(place.view.content["blocks"]) ? place.view.content["blocks"] : [];
  const attached = (place.message.attachments ?? []).flatMap((attachment) =>
    Array.isArray(attachment["blocks"]) ? attachment["blocks"] : [],
  );
  return [...(place.message.blocks ?? []), ...attached];
}

/** The one element with that action id; `block_id` and `value` tell apart those that share it. */
export function findElement(place: ElementPlace, query: ElementQuery): PlacedElement {
  const elements = listElements(blocksOf(place));
  const same = elements.filter(
    (element) =>
      element.actionId === query.action_id &&
      (query.block_id === undefined || element.blockId === query.block_id),
  );
  const matching =
    query.value === undefined || same.length === 1
      ? same
      : same.filter((element) => offers(element, query.value ?? ""));
  const [found, ...others] = matching;
  if (!found) {
    const known = elements.map((element) => element.actionId).join(", ") || "none";
    throw new PeopleError(
      "action_not_found",
      `no element with action_id "${query.action_id}" here; there are: ${known}`,
    );
  }
  if (others.length > 0) {
    throw new PeopleError(
      "ambiguous_action",
      `${matching.length} elements have the action_id "${query.action_id}": name \`block_id\` (${matching.map((element) => element.blockId).join(", ")}) or \`value\``,
    );
  }
  return found;
}

function offers(placed: PlacedElement, value: string): boolean {
  if (placed.element["value"] === value) return true;
  return (
    listOptions(placed.element).some((option) => option["value"] === value) ||
    feedbackButton(placed, value) !== undefined
  );
}

/** The half of a feedback_buttons element that carries that value. */
export function feedbackButton(placed: PlacedElement, value: string | undefined) {
  const halves = [placed.element["positive_button"], placed.element["negative_button"]].filter(isFields);
  return halves.find((half) => half["value"] === value);
}
