import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { createFolderSource } from "#src/rag/adapters/folder-source.ts";
import { createGitSource } from "#src/rag/adapters/git-source/git-source.ts";
import { createWebsiteSource } from "#src/rag/adapters/website-source/website-source.ts";
import { documentSourceContract, type SourceWorld } from "#test/contracts/document-source-contract.ts";
import { startGitRepository } from "#test/servers/git-repository.ts";
import { startWebsite } from "#test/servers/website.ts";
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

documentSourceContract("a folder", openFolder, openStore);
documentSourceContract("a git repository", openGit, openStore);
documentSourceContract("a website", openWebsite, openStore);
