import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { createConfluenceSource } from "#src/rag/adapters/confluence-source/confluence-source.ts";
import { confluenceToMarkdown } from "#src/rag/adapters/convert/confluence-to-markdown.ts";
import { createConverter } from "#src/rag/adapters/convert/create-converter.ts";
import { createFolderSource } from "#src/rag/adapters/folder-source.ts";
import { createGitSource } from "#src/rag/adapters/git-source/git-source.ts";
import { createNotionSource } from "#src/rag/adapters/notion-source/notion-source.ts";
import { createSlackSource } from "#src/rag/adapters/slack-source/slack-source.ts";
import { createWebsiteSource } from "#src/rag/adapters/website-source/website-source.ts";
import { documentSourceContract, type SourceWorld } from "#test/contracts/document-source-contract.ts";
import { EMAIL, startConfluence, TOKEN } from "#test/servers/confluence.ts";
import { startGitRepository } from "#test/servers/git-repository.ts";
import { block, NOTION_TOKEN, startNotion } from "#test/servers/notion.ts";
import { startWebsite } from "#test/servers/website.ts";
import { driveSlackPlayground } from "./slack-playground-driver.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());
const openStore = async () => (await postgres.createDatabase()).store;

async function openFolder(): Promise<SourceWorld> {
  const folder = await mkdtemp(join(tmpdir(), "jibsa-docs-"));
  return {
    source: createFolderSource({
      name: "docs",
      folder,
      baseUrl: "https://docs.example.com/",
      settledAfterMs: 0,
    }),
    async put(path, content) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    },
    remove: (path) => rm(join(folder, path)),
    takeAway: () => rm(folder, { recursive: true }),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

async function openGit(): Promise<SourceWorld> {
  const repository = await startGitRepository();
  const cacheDir = await mkdtemp(join(tmpdir(), "jibsa-git-cache-"));
  return {
    source: createGitSource({
      name: "docs",
      url: repository.url,
      branch: "main",
      link: "https://git.example.com/team/docs/blob/{branch}/{path}",
      protocols: ["file"],
      cacheDir,
      limits: { text: 1_048_576, document: 1_048_576 },
    }),
    put: (path, content) => repository.commit({ [path]: content }),
    remove: (path) => repository.commit({ [path]: undefined }),
    takeAway: () => repository.close(),
    async close() {
      await repository.close();
      await rm(cacheDir, { recursive: true, force: true });
    },
  };
}

async function openWebsite(): Promise<SourceWorld> {
  const site = await startWebsite();
  const cacheDir = await mkdtemp(join(tmpdir(), "jibsa-web-cache-"));
  const pathOf = (path: string) =>
    new URL(path.split("/").map(encodeURIComponent).join("/"), site.url).pathname;
  return {
    source: createWebsiteSource({
      name: "docs",
      prefixes: [site.url],
      sitemap: `${site.url}sitemap.xml`,
      privateHosts: ["127.0.0.1"],
      maxBytes: 1_048_576,
      cacheDir,
    }),
    async put(path, content) {
      const type = path.endsWith(".md") ? "text/markdown" : "text/plain";
      site.pages.set(pathOf(path), { body: content, type });
    },
    async remove(path) {
      site.pages.delete(pathOf(path));
    },
    takeAway: () => site.close(),
    async close() {
      await site.close();
      await rm(cacheDir, { recursive: true, force: true });
    },
  };
}

async function openConfluence(deployment: "cloud" | "data-center"): Promise<SourceWorld> {
  const wiki = await startConfluence(deployment);
  const converter = createConverter();
  const ids = new Map<string, string>();
  return {
    source: createConfluenceSource({
      name: "docs",
      url: wiki.url,
      email: deployment === "cloud" ? EMAIL : undefined,
      token: TOKEN,
      spaces: ["ML"],
      privateHosts: ["127.0.0.1"],
      readers: { groups: {}, people: {} },
      maxBytes: 1_048_576,
    }),
    own: {
      pathOf: (path) => `ML/${ids.get(path)}`,
      textOf: ({ bytes }) => confluenceToMarkdown(bytes.toString("utf8")),
      linkOf: (path) => `/spaces/ML/pages/${ids.get(path)}/`,
      format: "confluence",
    },
    converter,
    async put(path, content) {
      const [, title = path, body = ""] = /^(?:# (.*)\n\n)?([^]*)\n$/.exec(content) ?? [];
      ids.set(path, wiki.put(title, `<p>${body.replaceAll("&", "&amp;")}</p>`).id);
    },
    async remove(path) {
      const page = wiki.pages.get(ids.get(path) ?? "");
      if (page !== undefined) page.status = "trashed";
    },
    takeAway: () => wiki.close(),
    async close() {
      await wiki.close();
      await converter.close();
    },
  };
}

async function openNotion(): Promise<SourceWorld> {
  const notion = await startNotion();
  const ids = new Map<string, string>();
  notion.clock.now = new Date(Date.now() - 9 * 60_000);
  return {
    source: createNotionSource({
      name: "docs",
      url: notion.url,
      token: NOTION_TOKEN,
      privateHosts: ["127.0.0.1"],
      maxBytes: 1_048_576,
      settledAfterMs: 0,
      sleep: async () => undefined,
    }),
    own: {
      pathOf: (path) => ids.get(path) ?? "",
      textOf: ({ bytes }) => bytes.toString("utf8"),
      linkOf: (path) => (ids.get(path) ?? "").replaceAll("-", ""),
      format: "markdown",
    },
    async put(path, content) {
      const [, title = path, body = ""] = /^(?:# (.*)\n\n)?([^]*)\n$/.exec(content) ?? [];
      // Two changes within one minute have the same time: see the tests of this source alone.
      notion.clock.now = new Date(notion.clock.now.getTime() + 60_000);
      ids.set(path, notion.put(title, [block("paragraph", body)]).id);
    },
    async remove(path) {
      const page = notion.pages.get(ids.get(path) ?? "");
      if (page !== undefined) page.inTrash = true;
    },
    takeAway: () => notion.close(),
    close: () => notion.close(),
  };
}

async function openSlack(): Promise<SourceWorld> {
  const world = await driveSlackPlayground();
  const place = { user: "U01RESEARCHER", channel: "C02TRAINING" };
  const times = new Map<string, string>();
  return {
    source: createSlackSource({
      name: "docs",
      connection: { botToken: world.playground.botToken, apiUrl: world.playground.apiUrl },
      channels: async () => [{ channel: place.channel, changes: new Map() }],
      // The contract asks what everybody finds.
      publicChannels: "everyone",
      days: 30,
      maxBytes: 1_048_576,
      minLoneCharacters: 0,
      sleep: async () => undefined,
    }),
    own: {
      pathOf: (path) => `${place.channel}/${times.get(path)}`,
      textOf: ({ bytes }) => bytes.toString("utf8").replace(/^# (.*)\n\nminji: \1\n/, "# $1\n\n"),
      linkOf: (path) => `/archives/${place.channel}/p${times.get(path)?.replace(".", "")}`,
      format: "markdown",
    },
    async put(path, content) {
      const text = content.replace(/^# (.*)\n\n/, "$1\n");
      const known = times.get(path);
      if (known !== undefined) await world.post("edit", { ...place, ts: known, text });
      else times.set(path, String((await world.post("say", { ...place, text }))["ts"]));
    },
    async remove(path) {
      await world.post("delete", { ...place, ts: times.get(path) });
    },
    takeAway: () => world.playground.close(),
    close: () => world.close(),
  };
}

documentSourceContract("a folder", openFolder, openStore);
documentSourceContract("a git repository", openGit, openStore);
documentSourceContract("a website", openWebsite, openStore);
documentSourceContract("Confluence Cloud", () => openConfluence("cloud"), openStore);
documentSourceContract("Confluence Data Center", () => openConfluence("data-center"), openStore);
documentSourceContract("Notion", openNotion, openStore);
documentSourceContract("Slack channels", openSlack, openStore);
