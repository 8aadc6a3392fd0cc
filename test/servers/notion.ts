import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface TestBlock {
  type: string;
  value: object;
  children?: readonly TestBlock[];
}
export interface TestNotionPage {
  id: string;
  title: string;
  blocks: readonly TestBlock[];
  /** Beside the title, of a row. */
  properties: Readonly<Record<string, object>>;
  /** Undefined: no row of a database. */
  dataSource: string | undefined;
  inTrash: boolean;
  isShared: boolean;
  isInSearch: boolean;
  editedAt: Date;
}

export interface TestNotion {
  url: string;
  pages: Map<string, TestNotionPage>;
  dataSources: Set<string>;
  /** "POST /v1/search 200" */
  requests: string[];
  /** What the next requests answer instead, in order. */
  answers: { status: number; headers?: Record<string, string>; body?: string }[];
  /** A new page, or other content of the one of this title. Its time is that of `clock`. */
  put(title: string, blocks: readonly TestBlock[], more?: Partial<TestNotionPage>): TestNotionPage;
  clock: { now: Date };
  close(): Promise<void>;
}

export const NOTION_TOKEN = "ntn_test";

/** An id as Notion's are, of a text the same. */
export function idOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}
export const richText = (text: string, more: object = {}) => [
  {
    type: "text",
    text: { content: text, link: null },
    plain_text: text,
    href: null,
    annotations: { bold: false, code: false },
    ...more,
  },
];
export const block = (
  type: string,
  text: string,
  children?: readonly TestBlock[],
  more: object = {},
): TestBlock => ({
  type,
  value: { rich_text: richText(text), ...more },
  ...(children !== undefined && { children }),
});

type Answer = { status: number; body: unknown };
const refuse = (status: number, code: string, message: string): Answer => ({
  status,
  body: { object: "error", status, code, message },
});

/**
 * Notion as its published API is: a version of its own in each request, a hundred items at most, cursors, and 404 for what is not shared.
 * It gives two items at once, as it always may.
 */
export async function startNotion(): Promise<TestNotion> {
  const pages = new Map<string, TestNotionPage>();
  const dataSources = new Set<string>();
  const requests: string[] = [];
  const answers: TestNotion["answers"] = [];
  const clock = { now: new Date() };

  /** Notion rounds down to the minute. */
  const minute = (time: Date): string => new Date(Math.floor(time.getTime() / 60_000) * 60_000).toISOString();
  const pageObject = (page: TestNotionPage) => ({
    object: "page",
    id: page.id,
    created_time: minute(page.editedAt),
    last_edited_time: minute(page.editedAt),
    in_trash: page.inTrash,
    url: `https://www.notion.so/${encodeURIComponent(page.title.replaceAll(" ", "-"))}-${page.id.replaceAll("-", "")}`,
    parent:
      page.dataSource === undefined
        ? { type: "workspace", workspace: true }
        : { type: "data_source_id", data_source_id: page.dataSource },
    properties: {
      ...page.properties,
      Name: { id: "title", type: "title", title: richText(page.title) },
    },
  });
  /** The blocks of a page or of a block, by ids that follow from where they stand. */
  function childrenOf(id: string): { id: string; block: TestBlock }[] | undefined {
    const give = (parent: string, blocks: readonly TestBlock[]) =>
      blocks.map((one, position) => ({ id: idOf(`${parent}/${position}`), block: one }));
    const find = (
      parent: string,
      blocks: readonly TestBlock[],
    ): { id: string; block: TestBlock }[] | undefined => {
      const given = give(parent, blocks);
      if (parent === id) return given;
      for (const one of given) {
        const found = find(one.id, one.block.children ?? []);
        if (found !== undefined) return found;
      }
      return undefined;
    };
    for (const page of pages.values()) {
      const found = page.isShared ? find(page.id, page.blocks) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  function list(all: readonly unknown[], sizeText: unknown, cursor: unknown): Answer {
    const size = Number(sizeText ?? 100);
    if (!Number.isInteger(size) || size < 1 || size > 100)
      return refuse(400, "validation_error", `page_size should be ≤ \`100\`, instead was \`${size}\`.`);
    const at =
      cursor === undefined || cursor === null
        ? 0
        : Number(/^at-(\d+)$/.exec(typeof cursor === "string" ? cursor : "")?.[1]);
    if (Number.isNaN(at)) return refuse(400, "validation_error", "The start_cursor provided is invalid");
    const end = at + Math.min(size, 2);
    const isMore = end < all.length;
    return {
      status: 200,
      body: {
        object: "list",
        results: all.slice(at, end),
        has_more: isMore,
        next_cursor: isMore ? `at-${end}` : null,
      },
    };
  }

  function answer(request: IncomingMessage, sent: string): Answer {
    const url = new URL(request.url ?? "/", "http://notion");
    if (request.headers.authorization !== `Bearer ${NOTION_TOKEN}`)
      return refuse(401, "unauthorized", "API token is invalid.");
    if (request.headers["notion-version"] === undefined)
      return refuse(400, "missing_version", "Notion-Version header should be defined");
    if (request.headers["notion-version"] !== "2026-03-11")
      return refuse(400, "validation_error", "Notion-Version header is not one of the known versions");
    const query = url.searchParams;
    if (request.method === "POST") {
      const body = (sent === "" ? {} : JSON.parse(sent)) as Record<string, unknown>;
      if (url.pathname === "/v1/search") {
        const found = [...pages.values()].filter((page) => page.isShared && page.isInSearch && !page.inTrash);
        const tables = [...dataSources].map((id) => ({
          object: "data_source",
          id,
          in_trash: false,
          title: [],
        }));
        return list([...tables, ...found.map(pageObject)], body["page_size"], body["start_cursor"]);
      }
      const table = /^\/v1\/data_sources\/([^/]+)\/query$/.exec(url.pathname)?.[1];
      if (table !== undefined && dataSources.has(table))
        return list(
          [...pages.values()].filter((page) => page.dataSource === table && !page.inTrash).map(pageObject),
          body["page_size"],
          body["start_cursor"],
        );
      return refuse(404, "object_not_found", "Could not find data source");
    }
    const page = pages.get(/^\/v1\/pages\/([^/]+)$/.exec(url.pathname)?.[1] ?? "");
    if (page?.isShared === true) return { status: 200, body: pageObject(page) };
    const children = childrenOf(/^\/v1\/blocks\/([^/]+)\/children$/.exec(url.pathname)?.[1] ?? "");
    if (children === undefined)
      return refuse(404, "object_not_found", "Could not find block or page. Make sure it is shared.");
    const blocks = children.map(({ id, block: { type, value, children: below = [] } }) => ({
      object: "block",
      id,
      type,
      has_children: below.length > 0,
      in_trash: false,
      [type]: value,
    }));
    return list(blocks, query.get("page_size") ?? undefined, query.get("start_cursor"));
  }

  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const forced = answers.shift();
      const given = forced ?? answer(request, Buffer.concat(parts).toString("utf8"));
      requests.push(
        `${request.method} ${new URL(request.url ?? "/", "http://notion").pathname} ${given.status}`,
      );
      response.writeHead(given.status, { "content-type": "application/json", ...forced?.headers });
      response.end(
        typeof given.body === "string" || given.body === undefined ? given.body : JSON.stringify(given.body),
      );
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    pages,
    dataSources,
    requests,
    answers,
    clock,
    put(title, blocks, more = {}) {
      const page: TestNotionPage = {
        id: idOf(title),
        title,
        properties: {},
        dataSource: undefined,
        inTrash: false,
        isShared: true,
        isInSearch: true,
        ...pages.get(idOf(title)),
        blocks,
        editedAt: clock.now,
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
