import { parseJson, type Fields } from "./wire-fields.ts";
import { readBody, sendJson, type HttpExchange } from "./http-exchange.ts";
import { PeopleError, type PeopleRoute } from "./people-input.ts";
import { doingRoutes, seeingRoutes } from "./people-routes.ts";
import type { PlaygroundParts } from "./playground-parts.ts";
import { listFaults } from "./read-routes.ts";

const largestBodyBytes = 1024 * 1024;

/** Adds a fault, or takes all back with `{clear: true}`. */
const addFault: PeopleRoute = (parts, input) => {
  if (typeof input === "object" && input !== null && "clear" in input) {
    parts.faults.clear();
    return { faults: [] };
  }
  const problem = parts.faults.add(input);
  if (problem !== undefined) throw new PeopleError("invalid_fault", problem);
  return { faults: parts.faults.list() };
};

const controlPosts: Readonly<Record<string, PeopleRoute>> = { ...doingRoutes, faults: addFault };
const controlGets: Readonly<Record<string, PeopleRoute>> = { ...seeingRoutes, faults: listFaults };

/** `/_control/<name>`: what tests do and see. */
export function serveControl(parts: PlaygroundParts, exchange: HttpExchange, name: string): Promise<void> {
  return serveRoutes(parts, exchange, name, controlPosts, controlGets);
}

/** JSON in, `{ok, …}` out; shared by the control API and the page's API. */
export async function serveRoutes(
  parts: PlaygroundParts,
  exchange: HttpExchange,
  name: string,
  posts: Readonly<Record<string, PeopleRoute>>,
  gets: Readonly<Record<string, PeopleRoute>>,
): Promise<void> {
  const { request, response, method, query } = exchange;
  const routes = method === "POST" ? posts : method === "GET" ? gets : {};
  const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
  if (!route) {
    const message = `POST ${Object.keys(posts).join(", ")}; GET ${Object.keys(gets).join(", ")}`;
    return sendJson(response, 404, { ok: false, error: "unknown_route", message });
  }
  let input: unknown = Object.fromEntries(query);
  if (method === "POST") {
    const text = (await readBody(request, largestBodyBytes)).toString("utf8");
    input = text.trim() === "" ? {} : parseJson(text);
    if (input === undefined)
      return sendJson(response, 400, { ok: false, error: "invalid_json", message: "the body is not JSON" });
  }
  const { status, body } = await runRoute(parts, route, input);
  sendJson(response, status, body);
}

async function runRoute(
  parts: PlaygroundParts,
  route: PeopleRoute,
  input: unknown,
): Promise<{ readonly status: number; readonly body: Fields }> {
  try {
    return { status: 200, body: { ok: true, ...(await route(parts, input)) } };
  } catch (error) {
    if (error instanceof PeopleError)
      return { status: 400, body: { ok: false, error: error.code, message: error.message } };
    throw error;
  }
}
