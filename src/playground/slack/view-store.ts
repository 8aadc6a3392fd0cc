import { slackLimits } from "../../slack-limits/slack-limits.ts";
import { initialValue } from "./element-values.ts";
import { fillIds, listElements } from "./interactive-elements.ts";
import { newId, newSecret } from "./new-id.ts";
import type { Persistence, PersistedMap } from "./persistence.ts";
import { app, team } from "./workspace-seed.ts";
import { readText, type Fields, type UnknownFields } from "./wire-fields.ts";
import type { StateValues, ViewRecord } from "./workspace-types.ts";

/** The modals that people have open and their Home tabs. One view keeps its id through every update. */
export class ViewStore {
  readonly #views: PersistedMap<ViewRecord>;
  readonly #stacks: PersistedMap<readonly string[]>;

  constructor(persistence: Persistence) {
    this.#views = persistence.map<ViewRecord>("views");
    this.#stacks = persistence.map<readonly string[]>("modal-stacks");
  }

  get(id: string): ViewRecord | undefined {
    return this.#views.get(id);
  }

  findByExternalId(externalId: string): ViewRecord | undefined {
    return this.#views.values().find((view) => readText(view.content, "external_id") === externalId);
  }

  /** The open modals of a person, bottom to top. */
  stack(user: string): ViewRecord[] {
    return (this.#stacks.get(user) ?? [])
      .map((id) => this.#views.get(id))
      .filter((view) => view !== undefined);
  }

  home(user: string): ViewRecord | undefined {
    return this.#views.values().find((view) => view.kind === "home" && view.user === user);
  }

  /** Opens a modal; what the person had open is gone. */
  open(user: string, content: UnknownFields): ViewRecord {
    this.clear(user);
    const id = newId("V");
    return this.#pushRecord(newRecord(id, user, "modal", content, { rootId: id, previousId: null }));
  }

  /** Puts a modal on top; undefined when the stack is full. */
  push(user: string, content: UnknownFields): ViewRecord | undefined {
    const stack = this.stack(user);
    const top = stack.at(-1);
    if (!top) return this.open(user, content);
    if (stack.length >= slackLimits.view.stackDepth) return undefined;
    return this.#pushRecord(
      newRecord(newId("V"), user, "modal", content, { rootId: top.rootId, previousId: top.id }),
    );
  }

  /** Replaces the content; entered values stay where block, action and type are the same. */
  update(view: ViewRecord, content: UnknownFields): ViewRecord {
    const next = newRecord(view.id, view.user, view.kind, content, view);
    const values = keepEntered(next.values, view.values);
    return this.#save({ ...next, values });
  }

  publish(user: string, content: UnknownFields): ViewRecord {
    const home = this.home(user);
    if (home) return this.update(home, content);
    const id = newId("V");
    return this.#save(newRecord(id, user, "home", content, { rootId: id, previousId: null }));
  }

  setValues(view: ViewRecord, values: StateValues): ViewRecord {
    return this.#save({ ...view, values });
  }

  /** Closes the top modal. */
  pop(user: string): void {
    const ids = this.#stacks.get(user) ?? [];
    const top = ids.at(-1);
    if (top !== undefined) this.#views.delete(top);
    this.#stacks.set(user, ids.slice(0, -1));
  }

  /** Closes all modals of a person. */
  clear(user: string): void {
    for (const id of this.#stacks.get(user) ?? []) this.#views.delete(id);
    if (this.#stacks.get(user)) this.#stacks.delete(user);
  }

  #pushRecord(view: ViewRecord): ViewRecord {
    this.#stacks.set(view.user, [...(this.#stacks.get(view.user) ?? []), view.id]);
    return this.#save(view);
  }

  #save(view: ViewRecord): ViewRecord {
    this.#views.set(view.id, view);
    return view;
  }
}

function newRecord(
  id: string,
  user: string,
  kind: "modal" | "home",
  content: UnknownFields,
  place: Pick<ViewRecord, "rootId" | "previousId">,
): ViewRecord {
  const blocks = fillIds(Array.isArray(content["blocks"]) ? content["blocks"] : []);
  return {
    id,
    user,
    kind,
    hash: newSecret().slice(0, 16),
    rootId: place.rootId,
    previousId: place.previousId,
    content: { ...content, blocks },
    values: initialValues(blocks),
  };
}

/** The fresh values, with what was entered before where block, action and type are the same. */
export function keepEntered(fresh: StateValues, entered: StateValues): StateValues {
  const keep = (blockId: string, actionId: string, value: Fields): Fields => {
    const known = entered[blockId]?.[actionId];
    return known && known["type"] === value["type"] ? known : value;
  };
  return Object.fromEntries(
    Object.entries(fresh).map(([blockId, actions]) => [
      blockId,
      Object.fromEntries(
        Object.entries(actions).map(([actionId, value]) => [actionId, keep(blockId, actionId, value)]),
      ),
    ]),
  );
}

/** The values of every element of the blocks before anybody touched it. */
export function initialValues(blocks: unknown): StateValues {
  const values: Record<string, Record<string, Fields>> = {};
  for (const { blockId, actionId, element } of listElements(blocks)) {
    const value = initialValue(element);
    if (value) values[blockId] = { ...values[blockId], [actionId]: value };
  }
  return values;
}

/** Slack's view object. */
export function renderView(view: ViewRecord): Fields {
  const { content } = view;
  return {
    id: view.id,
    team_id: team.id,
    type: view.kind,
    blocks: content["blocks"],
    private_metadata: content["private_metadata"] ?? "",
    callback_id: content["callback_id"] ?? "",
    state: { values: view.values },
    hash: view.hash,
    title: content["title"] ?? { type: "plain_text", text: "View Title", emoji: true },
    clear_on_close: content["clear_on_close"] ?? false,
    notify_on_close: content["notify_on_close"] ?? false,
    close: content["close"] ?? null,
    submit: content["submit"] ?? null,
    previous_view_id: view.previousId,
    root_view_id: view.rootId,
    app_id: app.id,
    external_id: content["external_id"] ?? "",
    app_installed_team_id: team.id,
    bot_id: app.botId,
  };
}
