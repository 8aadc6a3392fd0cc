import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface WikiRestriction {
  /** Cloud tells an address only where the person lets it. */
  users?: readonly { accountId?: string; username?: string; email?: string }[];
  groups?: readonly string[];
}
export interface WikiPage {
  id: string;
  space: string;
  title: string;
  storage: string;
  version: number;
  status: "current" | "archived" | "trashed" | "draft";
  kind: "page" | "folder";
  parentId?: string | undefined;
  restriction: WikiRestriction;
  when: string;
}

export interface TestConfluence {
  /** Of the wiki: ".../wiki" in Cloud, ".../confluence" in Data Center. */
  url: string;
  pages: Map<string, WikiPage>;
  spaces: Set<string>;
  /** Written, but not yet known to the search. */
  unsearchable: Set<string>;
  /** "GET /api/v2/spaces 200", without the query. */
  requests: string[];
  /** What the next requests answer instead, in order; status 0: nothing, the connection ends. */
  answers: { status: number; headers?: Record<string, string>; body?: string }[];
  /** A new page, or a new version of the one of this title. */
  put(title: string, storage: string, more?: Partial<WikiPage>): WikiPage;
  close(): Promise<void>;
}

export const TOKEN = "wiki-token";
export const EMAIL = "bot@example.com";

type Answer = { status: number; headers?: Record<string, string>; body: unknown };
const refuse = (status: number, message: string): Answer => ({
  status,
  body: { statusCode: status, message },
});
const refuseV2 = (status: number, code: string, title: string): Answer => ({
  status,
  body: { errors: [{ status, code, title, detail: null }] },
});

/**
 * A Confluence as its published API is, of Cloud (v2 and what is left of v1) or Data Center (v1): it wants its own kind of
 * credentials, refuses limits over its maximum in v2, lowers them in v1, pages by cursors and starts, calls what is hidden missing.
 */
export async function startConfluence(deployment: "cloud" | "data-center"): Promise<TestConfluence> {
  const context = deployment === "cloud" ? "/wiki" : "/confluence";
  const pages = new Map<string, WikiPage>();
  const spaces = new Set<string>(["ML"]);
  const unsearchable = new Set<string>();
  const requests: string[] = [];
  const answers: TestConfluence["answers"] = [];
  let lastId = 1000;
  /** A server may always give fewer than asked for. */
  const mostAtOnce = 2;

  const spaceId = (key: string): string => `${[...spaces].indexOf(key) + 1}`;
  const webui = (page: WikiPage): string =>
    `/spaces/${page.space}/pages/${page.id}/${encodeURIComponent(page.title).replaceAll("%20", "+")}`;
  const wanted = deployment === "cloud" ? `Basic ${btoa(`${EMAIL}:${TOKEN}`)}` : `Bearer ${TOKEN}`;

  const v2Page = (page: WikiPage, withBody: boolean) => {
    const parent = page.parentId === undefined ? undefined : pages.get(page.parentId);
    return {
      id: page.id,
      status: page.status,
      title: page.title,
      spaceId: spaceId(page.space),
      parentId: page.parentId ?? null,
      parentType: page.parentId === undefined ? null : (parent?.kind ?? "page"),
      authorId: "557058:author",
      version: {
        number: page.version,
        createdAt: page.when,
        message: "",
        minorEdit: false,
        authorId: "557058:author",
      },
      body: withBody ? { storage: { value: page.storage, representation: "storage" } } : {},
      _links: { webui: webui(page), editui: `/pages/resumedraft.action?draftId=${page.id}` },
    };
  };
  const restrictionOf = (page: WikiPage, start: number, limit: number) => {
    const cut = <Item>(items: readonly Item[]) => {
      const results = items.slice(start, start + limit);
      return { results, start, limit, size: results.length };
    };
    return {
      operation: "read",
      restrictions: {
        user: cut((page.restriction.users ?? []).map((user) => ({ type: "known", ...user }))),
        group: cut(
          (page.restriction.groups ?? []).map((name) => ({ type: "group", name, id: `id-of-${name}` })),
        ),
      },
    };
  };
  const ancestorsOf = ({ parentId }: WikiPage): { id: string }[] => {
    if (parentId === undefined) return [];
    const parent = pages.get(parentId);
    return [...(parent === undefined ? [] : ancestorsOf(parent)), { id: parentId }];
  };
  const v1Page = (page: WikiPage, expand: readonly string[]) => ({
    id: page.id,
    type: page.kind,
    status: page.status,
    title: page.title,
    ...(expand.includes("version") && { version: { number: page.version, when: page.when } }),
    ...(expand.includes("ancestors") && {
      ancestors: ancestorsOf(page),
    }),
    ...(expand.includes("body.storage") && {
      body: { storage: { value: page.storage, representation: "storage" } },
    }),
    ...(expand.includes("restrictions.read.restrictions.user") &&
      expand.includes("restrictions.read.restrictions.group") && {
        restrictions: { read: restrictionOf(page, 0, 100) },
      }),
    _links: { webui: webui(page), self: `http://elsewhere.example/rest/api/content/${page.id}` },
  });

  function answerV2(path: string, query: URLSearchParams): Answer {
    const limit = Number(query.get("limit") ?? 25);
    if (!Number.isInteger(limit) || limit < 1 || limit > 250)
      return refuseV2(400, "INVALID_REQUEST_PARAMETER", "limit must be between 1 and 250");
    if (path === "/spaces") {
      const keys = (query.get("keys") ?? "").split(",");
      const found = [...spaces].filter((key) => keys.includes(key));
      return {
        status: 200,
        body: { results: found.map((key) => ({ id: spaceId(key), key, status: "current" })), _links: {} },
      };
    }
    const inSpace = /^\/spaces\/(\d+)\/pages$/.exec(path)?.[1];
    if (inSpace !== undefined) {
      const cursor = query.get("cursor");
      const at = cursor === null ? 0 : Number(/^at-(\d+)$/.exec(atob(cursor))?.[1]);
      if (Number.isNaN(at)) return refuseV2(400, "INVALID_REQUEST_PARAMETER", "cursor");
      const all = [...pages.values()].filter(
        (page) =>
          page.kind === "page" && spaceId(page.space) === inSpace && page.status === query.get("status"),
      );
      const size = Math.min(limit, mostAtOnce);
      const next =
        at + size < all.length
          ? `${context}/api/v2${path}?status=current&limit=${limit}&cursor=${btoa(`at-${at + size}`)}`
          : undefined;
      return {
        status: 200,
        body: {
          results: all.slice(at, at + size).map((page) => v2Page(page, false)),
          _links: { base: "http://elsewhere.example/wiki", ...(next !== undefined && { next }) },
        },
      };
    }
    const [, kind, id] = /^\/(page|folder)s\/(\d+)$/.exec(path) ?? [];
    const page = pages.get(id ?? "");
    if (page === undefined || page.kind !== kind) return refuseV2(404, "NOT_FOUND", "Not Found");
    return { status: 200, body: v2Page(page, query.get("body-format") === "storage") };
  }

  function answerV1(path: string, query: URLSearchParams): Answer {
    const expand = (query.get("expand") ?? "").split(",");
    const start = Number(query.get("start") ?? 0);
    const limit = Math.min(Number(query.get("limit") ?? 25), mostAtOnce);
    const space = /^\/space\/(.+)$/.exec(path)?.[1];
    if (space !== undefined)
      return spaces.has(space)
        ? { status: 200, body: { key: space } }
        : refuse(404, `No space with key : ${space}`);
    const restricted = /^\/content\/(\d+)\/restriction\/byOperation\/read$/.exec(path)?.[1];
    if (restricted !== undefined) {
      const page = pages.get(restricted);
      if (page === undefined) return refuse(404, "Cannot find content");
      return { status: 200, body: restrictionOf(page, start, limit) };
    }
    const list = (all: readonly WikiPage[], cursor: string): Answer => {
      const more = start + limit < all.length;
      const rest = new URLSearchParams(query);
      rest.set("start", `${start + limit}`);
      return {
        status: 200,
        body: {
          results: all.slice(start, start + limit).map((page) => v1Page(page, expand)),
          start,
          limit,
          size: Math.max(0, Math.min(limit, all.length - start)),
          _links: {
            base: "http://elsewhere.example",
            ...(more && { next: `/rest/api${path}?${cursor}${rest.toString()}` }),
          },
        },
      };
    };
    if (path === "/content/search" && deployment === "cloud") {
      if (expand.some((one) => one.startsWith("ancestors.restrictions")))
        return refuse(404, "No content found");
      const key = /^space = "([^"]+)" and type = page$/.exec(query.get("cql") ?? "")?.[1];
      if (key === undefined) return refuse(400, "Could not parse cql");
      const found = [...pages.values()].filter(
        (page) =>
          page.kind === "page" &&
          page.space === key &&
          page.status === "current" &&
          !unsearchable.has(page.id),
      );
      return list(found, "next=true&");
    }
    if (path === "/content" && deployment === "data-center") {
      const found = [...pages.values()].filter(
        (page) => page.space === query.get("spaceKey") && page.status === query.get("status"),
      );
      return list(found, "");
    }
    const page = pages.get(/^\/content\/(\d+)$/.exec(path)?.[1] ?? "");
    // Without a status only what is current is found.
    if (page === undefined || page.status !== "current" || deployment === "cloud")
      return refuse(404, "No content found with id");
    return { status: 200, body: v1Page(page, expand) };
  }

  function answer(request: IncomingMessage): Answer {
    const url = new URL(request.url ?? "/", "http://wiki");
    if (request.headers.authorization !== wanted)
      return {
        status: 401,
        headers: { "www-authenticate": "OAuth" },
        body: { statusCode: 401, message: "Unauthorized; scope does not match" },
      };
    const v2 = url.pathname.startsWith(`${context}/api/v2/`);
    if (v2 && deployment === "cloud")
      return answerV2(url.pathname.slice(`${context}/api/v2`.length), url.searchParams);
    if (url.pathname.startsWith(`${context}/rest/api/`))
      return answerV1(url.pathname.slice(`${context}/rest/api`.length), url.searchParams);
    return { status: 404, body: "<html>Page not found</html>" };
  }

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const forced = answers.shift();
    if (forced?.status === 0) return void request.socket.destroy();
    const { status, headers, body } = forced === undefined ? answer(request) : { body: "", ...forced };
    requests.push(
      `${request.method} ${new URL(request.url ?? "/", "http://wiki").pathname.slice(context.length)} ${status}`,
    );
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${context}`,
    pages,
    spaces,
    unsearchable,
    requests,
    answers,
    put(title, storage, more = {}) {
      const known = [...pages.values()].find((page) => page.title === title && page.status === "current");
      const page: WikiPage = {
        id: known?.id ?? `${(lastId += 1)}`,
        space: "ML",
        title,
        status: "current",
        kind: "page",
        restriction: {},
        ...known,
        storage,
        version: (known?.version ?? 0) + 1,
        when: new Date().toISOString(),
        ...more,
      };
      pages.set(page.id, page);
      return page;
    },
    async close() {
      server.closeAllConnections();
      if (server.listening) await new Promise((done) => server.close(done));
    },
  };
}
