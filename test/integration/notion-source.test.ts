import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  createNotionSource,
  type NotionSourceOptions,
} from "#src/rag/adapters/notion-source/notion-source.ts";
import {
  block,
  idOf,
  NOTION_TOKEN,
  richText,
  startNotion,
  type TestBlock,
  type TestNotion,
} from "#test/servers/notion.ts";

let notion: TestNotion;
let waits: number[];
beforeEach(async () => {
  notion = await startNotion();
  waits = [];
});
afterEach(() => notion.close());

const open = (options: Partial<NotionSourceOptions> = {}) =>
  createNotionSource({
    name: "notes",
    url: notion.url,
    token: NOTION_TOKEN,
    privateHosts: ["127.0.0.1"],
    maxBytes: 100_000,
    sleep: async (ms) => void waits.push(Math.round(ms)),
    ...options,
  });
const listed = async (source = open()) => (await source.list()).documents;
const text = async (path: string) => (await open().read(path)).bytes.toString("utf8");
const body = async (...blocks: readonly TestBlock[]) => {
  const { id } = notion.put("Page", blocks);
  return (await text(id)).replace(/^# Page\n\n/, "").trimEnd();
};

describe("pages of Notion", () => {
  it("are those shared with the integration, and rows of databases that the search does not know", async () => {
    const pages = ["a", "b", "c"].map((title) => notion.put(title, []).id);
    notion.put("trashed", [], { inTrash: true });
    notion.put("not shared", [], { isShared: false });
    notion.dataSources.add(idOf("table"));
    const row = notion.put("row", [], { dataSource: idOf("table"), isInSearch: false });
    notion.put("old row", [], { dataSource: idOf("table"), inTrash: true });

    expect((await listed()).map(({ path }) => path)).toEqual([...pages, row.id].toSorted());
  });

  it("have no mark while the minute of their last change may go on, and then another one for each change", async () => {
    notion.clock.now = new Date("2026-05-06T10:05:10Z");
    const { id } = notion.put("a", [block("paragraph", "one")]);
    const markAt = async (time: string) => (await listed(open({ now: () => new Date(time) })))[0]?.mark;

    expect(await markAt("2026-05-06T10:05:20Z")).toBeUndefined();
    expect(await markAt("2026-05-06T10:07:30Z")).toBeUndefined();
    const settled = await markAt("2026-05-06T10:08:00Z");
    expect(settled).toBeDefined();
    expect(await markAt("2026-05-07T00:00:00Z")).toBe(settled);

    notion.clock.now = new Date("2026-05-06T10:06:00Z");
    notion.put("a", [block("paragraph", "two")]);
    expect(await markAt("2026-05-07T00:00:00Z")).not.toBe(settled);
    expect((await open().read(id)).updatedAt).toEqual(new Date("2026-05-06T10:06:00Z"));
  });

  it("get another mark when a formula of theirs has another result, which is no edit", async () => {
    notion.dataSources.add(idOf("table"));
    const put = (number: number) =>
      notion.put("row", [], {
        dataSource: idOf("table"),
        editedAt: new Date(0),
        properties: { Cost: { type: "formula", formula: { type: "number", number } } },
      });
    put(1);
    const before = (await listed())[0]?.mark;
    put(2);

    expect((await listed())[0]?.mark).not.toBe(before);
  });

  it("that are rows have their properties below the title", async () => {
    notion.dataSources.add(idOf("table"));
    const { id } = notion.put("H100 quota", [block("paragraph", "Ask the leads.")], {
      dataSource: idOf("table"),
      properties: {
        Team: { type: "multi_select", multi_select: [{ name: "LLM" }, { name: "비전" }] },
        State: { type: "status", status: { name: "Open" } },
        GPUs: { type: "number", number: 8 },
        Until: { type: "date", date: { start: "2026-05-01", end: "2026-06-01" } },
        Owner: { type: "people", people: [{ object: "user", id: "x", name: "Ann" }] },
        Note: { type: "rich_text", rich_text: richText("one\ntwo") },
        Ticket: { type: "unique_id", unique_id: { prefix: "ML", number: 7 } },
        Sum: { type: "formula", formula: { type: "number", number: 3.5 } },
        Approved: { type: "checkbox", checkbox: true },
        Empty: { type: "select", select: null },
        Parents: { type: "relation", relation: [{ id: "x" }], has_more: false },
        Later: { type: "something_new", something_new: {} },
      },
    });

    expect(await text(id)).toBe(
      "# H100 quota\n\n- Team: LLM, 비전\n- State: Open\n- GPUs: 8\n- Until: 2026-05-01 – 2026-06-01\n- Owner: Ann\n- Note: one two\n- Ticket: ML-7\n- Sum: 3.5\n- Approved: yes\n\nAsk the leads.\n",
    );
  });

  it("become Markdown: headings with Notion's anchors, lists in lists, tasks, toggles, quotes, callouts", async () => {
    const written = await body(
      block("heading_1", "Start"),
      block("paragraph", "# no heading"),
      block("bulleted_list_item", "one", [
        block("numbered_list_item", "first", [block("paragraph", "more")]),
        block("numbered_list_item", "second"),
      ]),
      block("to_do", "done", undefined, { checked: true }),
      block("to_do", "open", undefined, { checked: false }),
      block("heading_3", "Folded", [block("paragraph", "inside")], { is_toggleable: true }),
      block("toggle", "Details", [block("paragraph", "hidden text")]),
      block("quote", "said"),
      block("callout", "Mind the queue", [block("bulleted_list_item", "item")]),
      { type: "divider", value: {} },
    );

    const anchor = (position: number) => idOf(`${idOf("Page")}/${position}`).replaceAll("-", "");
    expect(written).toBe(
      [
        `## Start {#${anchor(0)}}`,
        "\\# no heading",
        "- one\n  1. first\n     more\n  2. second\n- [x] done\n- [ ] open",
        `#### Folded {#${anchor(5)}}`,
        "inside",
        "Details",
        "hidden text",
        "> said",
        "> Mind the queue\n>\n> - item",
      ].join("\n\n"),
    );
  });

  it("keep code whole with its language, tables, equations, columns, and name the pages below them", async () => {
    const row = (...cells: string[]): TestBlock => ({
      type: "table_row",
      value: { cells: cells.map((cell) => richText(cell)) },
    });
    const code = "if a | b:\n    print('``` **x**')";

    const written = await body(
      block("code", code, undefined, { language: "python", caption: richText("Try it") }),
      {
        type: "table",
        value: { table_width: 2, has_column_header: true },
        children: [row("GPU", "GiB"), row("H100", "80|94")],
      },
      { type: "equation", value: { expression: "e=mc^2" } },
      {
        type: "column_list",
        value: {},
        children: [
          { type: "column", value: {}, children: [block("paragraph", "left")] },
          { type: "column", value: {}, children: [block("paragraph", "right")] },
        ],
      },
      { type: "child_page", value: { title: "Below [1]" } },
      {
        type: "paragraph",
        value: { rich_text: [...richText("run "), ...richText("make all", { annotations: { code: true } })] },
      },
      {
        type: "image",
        value: {
          type: "external",
          external: { url: "https://elsewhere.example/x.png" },
          caption: richText("a chart"),
        },
      },
      { type: "unsupported", value: {} },
    );

    expect(written).toBe(
      [
        `\`\`\`\`python\n${code}\n\`\`\`\``,
        "Try it",
        "| GPU | GiB |\n| --- | --- |\n| H100 | 80\\|94 |",
        "$$\ne=mc^2\n$$",
        "left",
        "right",
        `[Below \\[1\\]](https://www.notion.so/${idOf(`${idOf("Page")}/4`).replaceAll("-", "")})`,
        "run `make all`",
        "a chart",
      ].join("\n\n"),
    );
  });

  it("hold the originals of synced blocks and no copies, whose changes nothing tells", async () => {
    const written = await body(
      { type: "synced_block", value: { synced_from: null }, children: [block("paragraph", "original")] },
      {
        type: "synced_block",
        value: { synced_from: { type: "block_id", block_id: idOf("x") } },
        children: [block("paragraph", "copy")],
      },
    );

    expect(written).toBe("original");
  });

  it("say why they are left out", async () => {
    const source = open();
    const gone = notion.put("gone", [block("paragraph", "x")]);
    const trashed = notion.put("trashed", [block("paragraph", "x")], { inTrash: true });
    const empty = notion.put("empty", []);
    const large = notion.put("large", [block("paragraph", "x".repeat(200_000))]);
    let deep: TestBlock[] = [];
    for (let depth = 0; depth < 25; depth += 1) deep = [block("toggle", "x", deep)];
    const nested = notion.put("nested", deep);
    notion.pages.delete(gone.id);

    const reasonOf = (id: string) =>
      source.read(id).then(
        () => "read",
        (error: unknown) => error,
      );
    expect(await reasonOf(gone.id)).toMatchObject({ reason: "not-found" });
    expect(await reasonOf(trashed.id)).toMatchObject({ reason: "not-found" });
    expect(await reasonOf(empty.id)).toMatchObject({ reason: "no-text" });
    expect(await reasonOf(large.id)).toMatchObject({ reason: "too-large" });
    expect(await reasonOf(nested.id)).toMatchObject({ reason: "too-complex" });
    notion.answers.push({
      status: 403,
      body: '{"object":"error","code":"restricted_resource","message":"no"}',
    });
    expect(await reasonOf(large.id)).toMatchObject({ reason: "forbidden" });
  });

  it("are not taken for gone when the token is wrong, or an answer is cut off or goes round in circles", async () => {
    notion.put("a", []);

    await expect(open({ token: "old" }).list()).rejects.toThrow("Notion answers 401: API token is invalid.");
    notion.answers.push({ status: 200, body: '{"object":"list","results":[{"object":"page"' });
    await expect(open().list()).rejects.toThrow("something else than documented");
    notion.answers.push({ status: 200, body: '{"object":"list","results":[],"has_more":true}' });
    await expect(open().list()).rejects.toThrow("next_cursor");
    const again = { status: 200, body: '{"object":"list","results":[],"has_more":true,"next_cursor":"x"}' };
    notion.answers.push(again, again);
    await expect(open().list()).rejects.toThrow("again and again");
  });

  it("are asked for three times a second at most, and later when Notion says so", async () => {
    for (const title of ["a", "b", "c", "d", "e"]) notion.put(title, []);
    notion.answers.push(
      { status: 429, headers: { "retry-after": "17" } },
      { status: 529, headers: { "retry-after": "2" } },
    );

    expect(await listed()).toHaveLength(5);

    expect(waits.filter((ms) => ms >= 1_000)).toEqual([17_000, 2_000]);
    expect(waits.some((ms) => ms > 0 && ms <= 334)).toBe(true);
    expect(notion.requests).toEqual([
      "POST /v1/search 429",
      "POST /v1/search 529",
      "POST /v1/search 200",
      "POST /v1/search 200",
      "POST /v1/search 200",
    ]);
  });

  it("open where Notion says, if that is Notion", async () => {
    const { id } = notion.put("My page", [block("paragraph", "x")]);

    expect((await open().read(id)).url).toBe(`https://www.notion.so/My-page-${id.replaceAll("-", "")}`);
    const page = JSON.stringify({
      object: "page",
      id,
      in_trash: false,
      last_edited_time: "2026-05-06T10:05:00.000Z",
      url: "https://notion.so.elsewhere.example/x",
      parent: { type: "workspace" },
      properties: {},
    });
    notion.answers.push({ status: 200, body: page });
    expect((await open().read(id)).url).toBe(`https://www.notion.so/${id.replaceAll("-", "")}`);
  });
});
