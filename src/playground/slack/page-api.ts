import { z } from "zod";
import { app, team } from "./workspace-seed.ts";
import { serveRoutes } from "./control-api.ts";
import { mimeType } from "./file-store.ts";
import { send, sendJson, type HttpExchange } from "./http-exchange.ts";
import { findPerson, nameSchema, PeopleError, readInput, type PeopleRoute } from "./people-input.ts";
import { doingRoutes, seeingRoutes } from "./people-routes.ts";
import type { PlaygroundParts } from "./playground-parts.ts";
import { renderChannel, renderGroup, renderPerson } from "./render-people.ts";
import { renderView } from "./view-store.ts";
import type { Fields } from "./wire-fields.ts";

const stateSchema = z.strictObject({ user: nameSchema });

/** Everything a page needs to start as that person. */
const state: PeopleRoute = (parts, input) => {
  const person = findPerson(parts, readInput(stateSchema, input).user);
  const now = parts.clock.now();
  const channels = parts.workspace.channelsOf(person.id);
  const tab = parts.views.home(person.id);
  return {
    team,
    app,
    me: person.id,
    app_connected: parts.socketMode ? parts.socketMode.connectionCount > 0 : true,
    people: parts.workspace.people().map((item) => renderPerson(item, now, true)),
    groups: parts.workspace.groups().map((item) => renderGroup(item, true)),
    channels: channels.map((channel): Fields => ({
      ...renderChannel(channel),
      members: channel.members,
      latest: parts.messages.topLevel(channel.id).at(-1)?.ts ?? null,
    })),
    sessions: channels.flatMap((channel) => parts.sessions.list(channel.id)),
    commands: parts.commands.map((item) => ({
      command: item.command,
      description: item.description,
      usage_hint: item.usageHint ?? "",
    })),
    shortcuts: parts.shortcuts.map((item) => ({
      type: item.type,
      callback_id: item.callbackId,
      name: item.name,
    })),
    views: parts.views.stack(person.id).map(renderView),
    home: tab ? renderView(tab) : null,
  };
};

const pageGets: Readonly<Record<string, PeopleRoute>> = { ...seeingRoutes, state };

/** `/_page/<name>`: the same steps as the control API, the state of the workspace, files, and a stream of changes. */
export async function servePage(parts: PlaygroundParts, exchange: HttpExchange, name: string): Promise<void> {
  if (exchange.method === "GET" && name === "events") return streamChanges(parts, exchange);
  const fileId = /^files\/(\w+)$/.exec(name)?.[1];
  if (exchange.method === "GET" && fileId !== undefined) return serveFile(parts, exchange, fileId);
  return serveRoutes(parts, exchange, name, doingRoutes, pageGets);
}

/** The bytes of a file; pictures are shown, everything else is downloaded. */
export function serveFile(parts: PlaygroundParts, exchange: HttpExchange, fileId: string): void {
  const file = parts.files.get(fileId);
  const bytes = file && parts.files.readBytes(file);
  if (!file || !bytes) return sendJson(exchange.response, 404, { ok: false, error: "file_not_found" });
  const type = mimeType(file.name);
  const shown = type.startsWith("image/") || type === "text/plain" ? "inline" : "attachment";
  send(exchange.response, 200, type === "text/plain" ? `${type}; charset=utf-8` : type, bytes, {
    "content-disposition": `${shown}; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    "content-security-policy": "sandbox; default-src 'none'",
  });
}

const keepAliveMs = 15_000;
/** How soon a page tries again; browsers wait longer by themselves. */
const reconnectAfterMs = 500;

/** Server-sent events: every change that this person may see, with `event:` its type and `data:` its JSON. */
function streamChanges(parts: PlaygroundParts, { request, response, query }: HttpExchange): void {
  const user = query.get("user") ?? "";
  let id: string;
  try {
    id = findPerson(parts, user).id;
  } catch (error) {
    if (!(error instanceof PeopleError)) throw error;
    return sendJson(response, 400, { ok: false, error: error.code, message: error.message });
  }
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  const write = (type: string, data: unknown) =>
    response.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  response.write(`retry: ${reconnectAfterMs}\n\n`);
  write("ready", { me: id });
  const unsubscribe = parts.changes.subscribe((change) => {
    if (change.audience === undefined || change.audience.includes(id)) write(change.type, change.data);
  });
  let stopKeepAlive = () => undefined as void;
  const keepAlive = () => {
    stopKeepAlive = parts.clock.schedule(keepAliveMs, () => {
      response.write(": still here\n\n");
      keepAlive();
    });
  };
  keepAlive();
  request.on("close", () => {
    unsubscribe();
    stopKeepAlive();
  });
}
