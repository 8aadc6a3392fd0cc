import { z } from "zod";
import { askApp, failedAnswer } from "./ask-app.ts";
import { checkForm } from "./check-form.ts";
import { mergeValues } from "./entered-values.ts";
import {
  findActor,
  interactionFields,
  nameSchema,
  PeopleError,
  readInput,
  type PeopleAnswer,
  type PeopleRoute,
} from "./people-input.ts";
import type { PlaygroundParts } from "./playground-parts.ts";
import { listElements } from "./interactive-elements.ts";
import { renderView } from "./view-store.ts";
import { SlackError } from "./web-api/slack-error.ts";
import { announceViews, checkView } from "./web-api/view-methods.ts";
import { isFields, readText, type UnknownFields } from "./wire-fields.ts";
import type { Person, ViewRecord } from "./workspace-types.ts";

const submitSchema = z.strictObject({
  user: nameSchema,
  /** The open modal; without it the top one. */
  view_id: nameSchema.optional(),
  values: z.record(z.string(), z.unknown()).default({}),
});

const closeSchema = z.strictObject({
  user: nameSchema,
  view_id: nameSchema.optional(),
  all: z.boolean().default(false),
});

/** Fills in the top modal and presses its submit button. */
export const submit: PeopleRoute = async (parts, input) => {
  const asked = readInput(submitSchema, input);
  const person = findActor(parts, asked.user);
  const open = findTop(parts, person, asked.view_id);
  const blocks = Array.isArray(open.content["blocks"]) ? open.content["blocks"] : [];
  const view = parts.views.setValues(open, mergeValues(parts, blocks, open.values, asked.values));
  const errors = checkForm(blocks, view.values);
  if (Object.keys(errors).length > 0)
    return { acked: false, response_action: "errors", errors, checked_by: "client" };
  const payload = {
    type: "view_submission",
    ...interactionFields(parts, person),
    trigger_id: parts.triggers.create(person.id),
    view: renderView(view),
    response_urls: [],
  };
  const outcome = await askApp(
    parts,
    person,
    { type: "interactive", name: "view_submission", payload },
    "Submitting the form",
  );
  if (outcome.kind === "failed") return failedAnswer(outcome.error);
  try {
    return applyViewResponse(parts, person, view, outcome.body);
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    return { ok: false, acked: true, error: error.code, ...error.extra };
  }
};

/** Does what the acknowledgement of a submission asks. */
function applyViewResponse(
  parts: PlaygroundParts,
  person: Person,
  view: ViewRecord,
  body: unknown,
): PeopleAnswer {
  const isTop = parts.views.stack(person.id).at(-1)?.id === view.id;
  const action = isFields(body) ? readText(body, "response_action") : undefined;
  if (!isFields(body) || action === undefined) {
    if (isTop) parts.views.pop(person.id);
    announceViews(parts, person.id);
    return { acked: true };
  }
  switch (action) {
    case "errors":
      return { acked: true, response_action: "errors", errors: readErrors(view, body["errors"]) };
    case "clear":
      parts.views.clear(person.id);
      announceViews(parts, person.id);
      return { acked: true, response_action: "clear" };
    case "update": {
      const updated = parts.views.update(
        parts.views.get(view.id) ?? view,
        checkView(body["view"], parts, "modal", view.id),
      );
      announceViews(parts, person.id);
      return { acked: true, response_action: "update", view: renderView(updated) };
    }
    case "push": {
      const pushed = parts.views.push(person.id, checkView(body["view"], parts, "modal"));
      if (!pushed) throw new SlackError("push_limit_reached");
      announceViews(parts, person.id);
      return { acked: true, response_action: "push", view: renderView(pushed) };
    }
    default:
      throw new SlackError("invalid_response_action");
  }
}

/** Slack shows errors only at input blocks that are there; anything else breaks the form for the person. */
function readErrors(view: ViewRecord, errors: unknown): UnknownFields {
  const known = new Set(listElements(view.content["blocks"]).map((element) => element.blockId));
  const entries = isFields(errors) ? Object.entries(errors) : [];
  const wrong = entries.find(
    ([blockId, text]) => !known.has(blockId) || typeof text !== "string" || text === "",
  );
  if (entries.length === 0 || wrong) {
    throw new SlackError("invalid_errors", {
      response_metadata: {
        messages: [
          `[ERROR] errors must name input blocks of the view and be text: ${wrong?.[0] ?? "none given"}`,
        ],
      },
    });
  }
  return Object.fromEntries(entries);
}

/** Closes the top modal by its close button; the app hears of it only when the view asks for that. */
export const close: PeopleRoute = async (parts, input) => {
  const asked = readInput(closeSchema, input);
  const person = findActor(parts, asked.user);
  const view = findTop(parts, person, asked.view_id);
  const clears = asked.all || view.content["clear_on_close"] === true;
  const closing = clears ? parts.views.stack(person.id).toReversed() : [view];
  if (clears) parts.views.clear(person.id);
  else parts.views.pop(person.id);
  announceViews(parts, person.id);
  let acked = true;
  for (const closed of closing) {
    if (closed.content["notify_on_close"] !== true) continue;
    const payload = {
      type: "view_closed",
      ...interactionFields(parts, person),
      view: renderView(closed),
      is_cleared: clears,
    };
    const outcome = await askApp(
      parts,
      person,
      { type: "interactive", name: "view_closed", payload },
      "Closing the form",
    );
    acked &&= outcome.kind === "acked";
  }
  return { acked };
};

function findTop(parts: PlaygroundParts, person: Person, viewId: string | undefined): ViewRecord {
  const stack = parts.views.stack(person.id);
  const top = stack.at(-1);
  if (!top) throw new PeopleError("view_not_found", `${person.name} has no form open`);
  if (viewId !== undefined && viewId !== top.id) {
    const message = stack.some((view) => view.id === viewId)
      ? `the form ${viewId} is below ${top.id}`
      : `${person.name} has no form ${viewId} open; the top one is ${top.id}`;
    throw new PeopleError("view_not_found", message);
  }
  return top;
}
