import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  createWebsiteSource,
  type WebsiteSourceOptions,
} from "#src/rag/adapters/website-source/website-source.ts";
import { startWebsite, type TestWebsite } from "#test/servers/website.ts";

let site: TestWebsite;
let cacheDir: string;
beforeEach(async () => {
  site = await startWebsite();
  cacheDir = await mkdtemp(join(tmpdir(), "jibsa-web-cache-"));
});
afterEach(async () => {
  await site.close();
  await rm(cacheDir, { recursive: true, force: true });
});

const open = (options: Partial<WebsiteSourceOptions> = {}) =>
  createWebsiteSource({
    name: "docs",
    prefixes: [`${site.url}guides/`],
    privateHosts: ["127.0.0.1"],
    maxBytes: 100_000,
    cacheDir,
    ...options,
  });
const page = (...links: readonly string[]) => ({
  body: `<h1>Page</h1>${links.map((link) => `<a href="${link}">x</a>`).join("")}`,
});
const listed = async (source = open()) => (await source.list()).documents.map(({ path }) => path);
const reasons = async (source = open()) =>
  Object.fromEntries((await source.list()).skipped.map(({ path, reason }) => [path, reason]));

describe("a website without a sitemap", () => {
  it("is followed from its prefixes, and no further than they go", async () => {
    site.pages.set(
      "/guides/",
      page("a.html", "/guides/b/", "/other/c.html", "https://elsewhere.example/", "#top", "mailto:x"),
    );
    site.pages.set("/guides/a.html", page("b/", "a.html#again", "deep/d.html?x=1"));
    site.pages.set("/guides/b/", page("../a.html"));
    site.pages.set("/guides/deep/d.html?x=1", page());
    site.pages.set("/other/c.html", page());

    expect(await listed()).toEqual(["a.html", "b/", "deep/d.html?x=1", `${site.url}guides/`]);
    expect(site.requests.filter((request) => request.includes("/other"))).toEqual([]);
    expect(new Set(site.requests).size).toBe(site.requests.length);
  });

  it("tells of pages that are missing, closed, too large or not wanted there, and of formats that are not read", async () => {
    site.pages.set("/robots.txt", { body: "User-agent: *\nDisallow: /guides/private", type: "text/plain" });
    site.pages.set(
      "/guides/",
      page("gone", "closed", "large", "private/x", "noindex", "header", "logo.png", "down"),
    );
    site.pages.set("/guides/closed", { body: "", status: 403 });
    site.pages.set("/guides/large", { body: "x".repeat(200_000) });
    site.pages.set("/guides/private/x", page());
    site.pages.set("/guides/noindex", { body: '<meta name="robots" content="noindex">' });
    site.pages.set("/guides/header", { body: "x", headers: { "x-robots-tag": "noindex" } });
    site.pages.set("/guides/logo.png", { body: "x", type: "image/png" });
    site.pages.set("/guides/down", { body: "", status: 500 });

    expect(await reasons()).toEqual({
      gone: "not-found",
      closed: "forbidden",
      large: "too-large",
      "private/x": "robots",
      noindex: "robots",
      header: "robots",
      "logo.png": "not-a-text-format",
      down: "unreadable",
    });
    expect(site.requests).not.toContain("GET /guides/private/x 200");
  });

  it("is not read beyond the number of pages that is set", async () => {
    site.pages.set("/guides/", page("1", "2", "3"));
    for (const name of ["1", "2", "3"]) site.pages.set(`/guides/${name}`, page());
    const source = open({ maxPages: 3 });

    expect(await listed(source)).toEqual(["1", "2", `${site.url}guides/`]);
    expect(await reasons(source)).toEqual({ "3": "too-many" });
  });
});

describe("a website with a sitemap", () => {
  it("is read as its sitemaps say, packed ones and those of others too, within the prefixes", async () => {
    site.pages.set("/guides/a", page("/guides/not-listed"));
    site.pages.set("/guides/b", page());
    site.pages.set("/sitemap.xml", {
      body: `<sitemapindex><sitemap><loc>${site.url}one.xml</loc></sitemap><sitemap><loc>${site.url}two.xml.gz</loc></sitemap></sitemapindex>`,
    });
    site.pages.set("/one.xml", {
      body: `<urlset><url><loc>${site.url}guides/a</loc><lastmod>2026-01-01</lastmod></url><url><loc>${site.url}other</loc></url></urlset>`,
    });
    site.pages.set("/two.xml.gz", {
      body: gzipSync(`<urlset><url><loc>${site.url}guides/b</loc></url></urlset>`),
    });

    expect(await listed(open({ sitemap: `${site.url}sitemap.xml` }))).toEqual(["a", "b"]);
  });

  it("is not taken for empty when the sitemap is away", async () => {
    site.pages.set("/sitemap.xml", { body: "", status: 502 });

    await expect(open({ sitemap: `${site.url}sitemap.xml` }).list()).rejects.toThrow("answers 502");
  });
});

describe("what did not change", () => {
  it("is not sent again, also to a process that starts later, and keeps the time since when it is so", async () => {
    site.pages.set("/guides/", page("a"));
    site.pages.set("/guides/a", page("b"));
    site.pages.set("/guides/b", page());
    const first = open({ now: () => new Date("2026-01-01T00:00:00Z") });
    const before = await first.list();
    site.pages.set("/guides/b", { body: "<p>changed" });
    site.requests.length = 0;

    const later = open({ now: () => new Date("2026-02-02T00:00:00Z") });
    const after = await later.list();

    expect(site.requests.filter((request) => request.endsWith(" 200"))).toEqual(["GET /guides/b 200"]);
    expect(after.documents[0]).toEqual(before.documents[0]);
    expect((await later.read("a")).updatedAt).toEqual(new Date("2026-01-01T00:00:00Z"));
    expect((await later.read("b")).updatedAt).toEqual(new Date("2026-02-02T00:00:00Z"));
    expect((await later.read("b")).bytes.toString()).toBe("<p>changed");
  });
});

describe("private addresses", () => {
  it("are not reached unless their host is allowed", async () => {
    site.pages.set("/guides/", page());

    await expect(open({ privateHosts: [] }).list()).rejects.toThrow("private address");
    await expect(
      open({ privateHosts: [], prefixes: [`http://localhost:${site.port}/guides/`] }).list(),
    ).rejects.toThrow("private address");
    await expect(
      open({ privateHosts: [], prefixes: [`http://[::ffff:127.0.0.1]:${site.port}/guides/`] }).list(),
    ).rejects.toThrow("private address");
    await expect(
      open({ privateHosts: [], prefixes: [`http://2130706433:${site.port}/guides/`] }).list(),
    ).rejects.toThrow("private address");
    expect(site.requests).toEqual([]);
  });

  it("are not reached by a redirect", async () => {
    const inner = await startWebsite({ host: "127.0.0.2" });
    inner.pages.set("/guides/secret", page());
    site.pages.set("/guides/", page("jump", "away", "loop"));
    site.pages.set("/guides/jump", {
      body: "",
      status: 302,
      headers: { location: `${inner.url}guides/secret` },
    });
    site.pages.set("/guides/away", { body: "", status: 307, headers: { location: "/admin" } });
    site.pages.set("/guides/loop", { body: "", status: 301, headers: { location: "/guides/loop" } });
    site.pages.set("/admin", page());
    const source = open({ prefixes: [`${site.url}guides/`, `${inner.url}guides/never-linked/`] });

    const skipped = await open()
      .list()
      .then((listing) => listing.skipped);
    await expect(source.list()).rejects.toThrow("private address");
    await inner.close();

    expect(skipped).toEqual(
      expect.arrayContaining(["jump", "away", "loop"].map((path) => ({ path, reason: "forbidden-address" }))),
    );
    expect(inner.requests).toEqual([]);
    expect(site.requests).not.toContain("GET /admin 200");
  });

  it("are not reached by a name that leads to them later", async () => {
    site.pages.set("/guides/", page());
    let looks = 0;
    const source = open({
      privateHosts: [],
      prefixes: [`http://rebind.example:${site.port}/guides/`],
      resolve: async () => {
        looks += 1;
        return [
          { address: "127.0.0.1", family: 4 },
          { address: "8.8.8.8", family: 4 },
        ];
      },
    });

    await expect(source.list()).rejects.toThrow("rebind.example is at the private address 127.0.0.1");

    expect(looks).toBe(1);
    expect(site.requests).toEqual([]);
  });
});
