import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  createConfluenceSource,
  type ConfluenceSourceOptions,
} from "#src/rag/adapters/confluence-source/confluence-source.ts";
import type { Readers } from "#src/rag/readers.ts";
import { EMAIL, startConfluence, TOKEN, type TestConfluence } from "#test/servers/confluence.ts";

describe.each(["cloud", "data-center"] as const)("Confluence (%s)", (deployment) => {
  let wiki: TestConfluence;
  let waits: number[];
  beforeEach(async () => {
    wiki = await startConfluence(deployment);
    waits = [];
  });
  afterEach(() => wiki.close());

  const open = (options: Partial<ConfluenceSourceOptions> = {}) =>
    createConfluenceSource({
      name: "wiki",
      url: wiki.url,
      email: deployment === "cloud" ? EMAIL : undefined,
      token: TOKEN,
      spaces: ["ML"],
      privateHosts: ["127.0.0.1"],
      readers: { groups: {}, people: {} },
      maxBytes: 100_000,
      sleep: async (ms) => void waits.push(Math.round(ms)),
      ...options,
    });
  const listed = async (source = open()) => (await source.list()).documents;
  const readersOf = async (id: string, source = open()): Promise<Readers | undefined> =>
    (await listed(source)).find(({ path }) => path === `ML/${id}`)?.readers;
  const user = (name: string, email?: string) =>
    deployment === "cloud"
      ? { accountId: name, ...(email !== undefined && { email }) }
      : { username: name, ...(email !== undefined && { email }) };

  it("gives the current pages of its spaces over as many requests as it takes, and no others", async () => {
    wiki.spaces.add("OPS");
    const ids = ["a", "b", "c", "d", "e"].map((title) => wiki.put(title, "<p>x</p>").id);
    wiki.put("archived", "", { status: "archived" });
    wiki.put("trashed", "", { status: "trashed" });
    wiki.put("draft", "", { status: "draft" });
    const ops = wiki.put("runbook", "<p>x</p>", { space: "OPS" });

    expect((await listed()).map(({ path }) => path)).toEqual(ids.map((id) => `ML/${id}`));
    expect((await listed(open({ spaces: ["OPS", "ML"] }))).map(({ path }) => path)).toContain(
      `OPS/${ops.id}`,
    );
  });

  it("gives a page another mark for another version or title, the same for the same", async () => {
    const page = wiki.put("a", "<p>1</p>");
    const marks = [(await listed())[0]?.mark, (await listed())[0]?.mark];
    wiki.put("a", "<p>2</p>");
    marks.push((await listed())[0]?.mark);
    wiki.pages.set(page.id, { ...page, version: 2, title: "b" });
    marks.push((await listed())[0]?.mark);

    expect(marks[0]).toBe(marks[1]);
    expect(new Set(marks).size).toBe(3);
  });

  it("gives a page the address and the time that the wiki says", async () => {
    const page = wiki.put("GPU guide", "<p>x</p>", { when: "2026-03-04T05:06:07.000Z" });

    const read = await open({ link: "https://wiki.example.com/wiki/" }).read(`ML/${page.id}`);

    expect(read.url).toBe(`https://wiki.example.com/wiki/spaces/ML/pages/${page.id}/GPU+guide`);
    expect(read.updatedAt).toEqual(new Date("2026-03-04T05:06:07.000Z"));
  });

  describe("restrictions", () => {
    const names = { groups: { leads: ["group:ml-leads"] }, people: { u2: ["person:U2"] } };

    it("of a page and of every page above it each are a list of who may read it", async () => {
      const top = wiki.put("top", "", { restriction: { groups: ["leads", "unknown-team"] } });
      const middle = wiki.put("middle", "", { parentId: top.id });
      const low = wiki.put("low", "", {
        parentId: middle.id,
        restriction: { users: [user("u1", "Ann@Example.com"), user("u2"), user("u3")] },
      });
      const other = wiki.put("other", "");
      const source = open({ readers: names });
      const above = ["confluence:unknown-team", "group:ml-leads"];

      expect(await readersOf(top.id, source)).toEqual({ allOf: [above] });
      expect(await readersOf(middle.id, source)).toEqual({ allOf: [above] });
      expect(await readersOf(low.id, source)).toEqual({
        allOf: [["confluence-person:u3", "email:ann@example.com", "person:U2"], above],
      });
      expect(await readersOf(other.id, source)).toBeUndefined();
    });

    it("are seen at the next listing, although they are no new version", async () => {
      const page = wiki.put("a", "<p>x</p>");
      const source = open({ readers: names });
      const [before] = await listed(source);
      wiki.pages.set(page.id, { ...page, restriction: { groups: ["leads"] } });

      const [after] = await listed(source);

      expect(before?.readers).toBeUndefined();
      expect(after).toEqual({ ...before, readers: { allOf: [["group:ml-leads"]] } });
    });

    it("of more people than are told at once are asked for as a whole", async () => {
      const users = Array.from({ length: 130 }, (_, index) => user(`u${index}`, `u${index}@example.com`));
      const page = wiki.put("a", "", { restriction: { users } });

      const readers = await readersOf(page.id);

      expect(readers).toEqual({ allOf: [users.map(({ email }) => `email:${email}`).toSorted()] });
    });

    it("that cannot be looked at hide every page below them", async () => {
      const top = wiki.put("a", "<p>x</p>", { parentId: "77" });
      const low = wiki.put("b", "<p>x</p>", { parentId: top.id });
      const free = wiki.put("c", "<p>x</p>");

      const { documents, skipped } = await open().list();

      expect(documents.map(({ path }) => path)).toEqual([`ML/${free.id}`]);
      expect(skipped).toEqual([top, low].map(({ id }) => ({ path: `ML/${id}`, reason: "forbidden" })));
    });
  });

  it("tells of a space that is gone, and keeps the others", async () => {
    const page = wiki.put("a", "<p>x</p>");

    const listing = await open({ spaces: ["GONE", "ML"] }).list();

    expect(listing.skipped).toEqual([{ path: "GONE/", reason: "not-found" }]);
    expect(listing.documents.map(({ path }) => path)).toEqual([`ML/${page.id}`]);
  });

  it("says of a page that is gone, closed or too large between listing and reading why it is left out", async () => {
    const page = wiki.put("a", "<p>x</p>");
    const large = wiki.put("b", "x".repeat(200_000));
    const source = open();
    await source.list();
    wiki.pages.delete(page.id);

    await expect(source.read(`ML/${page.id}`)).rejects.toMatchObject({ reason: "not-found" });
    await expect(source.read(`ML/${large.id}`)).rejects.toMatchObject({ reason: "too-large" });
    wiki.answers.push({ status: 403, body: '{"message":"no"}' });
    await expect(source.read(`ML/${large.id}`)).rejects.toMatchObject({ reason: "forbidden" });
    wiki.answers.push({ status: 500 });
    await expect(source.read(`ML/${large.id}`)).rejects.toThrow("Confluence answers 500");
  });

  it("is not taken for empty when a token is wrong, a proxy answers, or an answer is cut off", async () => {
    wiki.put("a", "<p>x</p>");

    await expect(open({ token: "old" }).list()).rejects.toThrow("Confluence answers 401: Unauthorized");
    await expect(open({ url: wiki.url.replace(/\/\w+$/, "/elsewhere") }).list()).rejects.toThrow("404");
    wiki.answers.push({ status: 404, body: '{"message":"no route to this service"}' });
    await expect(open().list()).rejects.toThrow("Confluence answers 404");
    wiki.answers.push({ status: 200, body: '{"results":[{"id":"1"' });
    await expect(open().list()).rejects.toThrow("something else than documented");
    wiki.answers.push({ status: 302, headers: { location: "https://elsewhere.example/" } });
    await expect(open().list()).rejects.toThrow("redirects to https://elsewhere.example");
  });

  it("is asked again when it says that it is too much, after as long as it says", async () => {
    wiki.put("a", "<p>x</p>");
    wiki.answers.push(
      { status: 429, headers: { "retry-after": "7" } },
      { status: 503 },
      { status: 429, headers: { "retry-after": "0" } },
    );

    expect(await listed()).toHaveLength(1);
    expect(waits).toEqual([7_000, 2_000, 0]);

    wiki.answers.push({ status: 429, headers: { "retry-after": "9223372036854775807" } });
    await expect(open().list()).rejects.toThrow("more than two minutes");
    wiki.answers.push(...Array.from({ length: 5 }, () => ({ status: 429, headers: { "retry-after": "1" } })));
    await expect(open().list()).rejects.toThrow("Confluence answers 429");
  });

  it("is asked once more where the connection ends, and no oftener", async () => {
    wiki.put("a", "<p>x</p>");
    wiki.answers.push({ status: 0 });

    expect(await listed()).toHaveLength(1);

    wiki.answers.push({ status: 0 }, { status: 0 });
    await expect(open().list()).rejects.toThrow(/hang up|ECONNRESET/);
    expect(waits).toEqual([]);
  });

  it("is left alone while it has no requests left", async () => {
    wiki.answers.push({
      status: deployment === "cloud" ? 429 : 200,
      headers: {
        "x-ratelimit-limit": "10",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-interval-seconds": "30",
        "retry-after": "0",
      },
      body: '{"key":"ML"}',
    });

    await listed();

    expect(waits.some((ms) => ms > 20_000 && ms <= 30_000)).toBe(true);
  });

  it("is not reached at a private address unless its host is named", async () => {
    await expect(open({ privateHosts: [] }).list()).rejects.toThrow("private address");
    expect(wiki.requests).toEqual([]);
  });
});

describe("Confluence Cloud", () => {
  it("tells restrictions of folders, and of pages that the search does not know yet", async () => {
    const wiki = await startConfluence("cloud");
    const folder = wiki.put("folder", "", { kind: "folder", restriction: { groups: ["leads"] } });
    const page = wiki.put("new", "<p>x</p>", { parentId: folder.id, restriction: { groups: ["all"] } });
    wiki.unsearchable.add(page.id);
    const source = createConfluenceSource({
      name: "wiki",
      url: wiki.url,
      email: EMAIL,
      token: TOKEN,
      spaces: ["ML"],
      privateHosts: ["127.0.0.1"],
      readers: { groups: { "id-of-leads": ["group:leads"] }, people: {} },
      maxBytes: 100_000,
    });

    const { documents } = await source.list();
    await wiki.close();

    expect(documents).toMatchObject([
      { path: `ML/${page.id}`, readers: { allOf: [["confluence:all"], ["group:leads"]] } },
    ]);
  });
});
