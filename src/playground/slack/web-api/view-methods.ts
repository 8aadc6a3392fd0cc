import { slackLimits } from "../../../slack-limits/slack-limits.ts";
import { validateView } from "../../../slack-limits/validate-view.ts";
import type { PlaygroundParts } from "../playground-parts.ts";
import { renderView } from "../view-store.ts";
import { readText, type Fields, type UnknownFields } from "../wire-fields.ts";
import type { ViewRecord } from "../workspace-types.ts";
import type { MethodArguments } from "./method-arguments.ts";
import { invalidArguments, refusal, SlackError } from "./slack-error.ts";
import { readPerson, type MethodFamily } from "./web-method.ts";

/** Modals and the Home tab. */
export const viewMethods: MethodFamily = {
  "views.open": (args, parts) => {
    const content = readView(args, parts, "modal");
    const user = useTrigger(args, parts);
    return answer(parts, parts.views.open(user, content));
  },

  "views.push": (args, parts) => {
    const content = readView(args, parts, "modal");
    const user = useTrigger(args, parts);
    const pushed = parts.views.push(user, content);
    if (!pushed) throw new SlackError("push_limit_reached");
    return answer(parts, pushed);
  },

  "views.update": (args, parts) => {
    const viewId = args.text("view_id");
    const externalId = args.text("external_id");
    if (viewId === undefined && externalId === undefined)
      throw invalidArguments("missing required field: view_id");
    const view =
      viewId === undefined ? parts.views.findByExternalId(externalId ?? "") : parts.views.get(viewId);
    if (!view) throw new SlackError("not_found");
    checkHash(args, view);
    const content = readView(args, parts, view.kind, view.id);
    return answer(parts, parts.views.update(view, content));
  },

  "views.publish": (args, parts) => {
    const person = readPerson(args, parts, "user_id");
    const content = readView(args, parts, "home");
    const home = parts.views.home(person.id);
    if (home) checkHash(args, home);
    const view = parts.views.publish(person.id, content);
    parts.changes.publish({ type: "home", data: { view: renderView(view) }, audience: [person.id] });
    return { view: renderView(view) };
  },
};

/** Checks a view as Slack does; `self` is the view that may keep its own external_id. */
export function checkView(
  view: unknown,
  parts: PlaygroundParts,
  kind: "modal" | "home",
  self?: string,
): UnknownFields {
  const problems = validateView(view);
  if (problems.length > 0) throw refusal("invalid_arguments", problems);
  const content = view as UnknownFields;
  if (content["type"] !== kind) throw invalidArguments(`view type must be ${kind} [json-pointer:/view/type]`);
  if (Buffer.byteLength(JSON.stringify(content)) > slackLimits.view.bytes)
    throw new SlackError("view_too_large");
  const externalId = readText(content, "external_id");
  const twin = externalId === undefined ? undefined : parts.views.findByExternalId(externalId);
  if (twin && twin.id !== self) throw new SlackError("duplicate_external_id");
  return content;
}

function readView(
  args: MethodArguments,
  parts: PlaygroundParts,
  kind: "modal" | "home",
  self?: string,
): UnknownFields {
  const view = args.json("view");
  if (view === undefined) throw invalidArguments("missing required field: view");
  return checkView(
    view,
    parts,
    kind,
    kind === "home" ? parts.views.home(args.text("user_id") ?? "")?.id : self,
  );
}

function useTrigger(args: MethodArguments, parts: PlaygroundParts): string {
  const use = parts.triggers.use(args.required("trigger_id"));
  if (use.kind === "refused") throw new SlackError(use.error);
  return use.user;
}

function checkHash(args: MethodArguments, view: ViewRecord): void {
  const hash = args.text("hash");
  if (hash !== undefined && hash !== view.hash) throw new SlackError("hash_conflict");
}

function answer(parts: PlaygroundParts, view: ViewRecord): Fields {
  announceViews(parts, view.user);
  return { view: renderView(view) };
}

/** Tells a person's page which modals are open now. */
export function announceViews(parts: PlaygroundParts, user: string): void {
  parts.changes.publish({
    type: "views",
    data: { views: parts.views.stack(user).map(renderView) },
    audience: [user],
  });
}
