import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createGitSource, type GitSourceOptions } from "#src/rag/adapters/git-source/git-source.ts";
import { startGitRepository, type TestRepository } from "#test/servers/git-repository.ts";

let repository: TestRepository;
let cacheDir: string;
beforeEach(async () => {
  repository = await startGitRepository();
  cacheDir = await mkdtemp(join(tmpdir(), "jibsa-git-cache-"));
});
afterEach(async () => {
  await repository.close();
  await rm(cacheDir, { recursive: true, force: true });
});

const open = (options: Partial<GitSourceOptions> = {}) =>
  createGitSource({
    name: "docs",
    url: repository.url,
    link: "https://git.example.com/docs/blob/{branch}/{path}",
    protocols: ["file"],
    cacheDir,
    limits: { text: 10_000, document: 10_000 },
    ...options,
  });

describe("a git source", () => {
  it("reads the branch it is told, links to it, and knows when each page changed", async () => {
    await repository.commit({ "a.md": "old" });
    await repository.git("commit", "--quiet", "--amend", "--no-edit", "--date=2024-05-06T07:08:09Z");
    await repository.git("checkout", "--quiet", "-b", "release/1.0");
    await repository.commit({ "b c.md": "of the release" });
    const source = open({ branch: "release/1.0" });

    const { documents } = await source.list();
    const page = await source.read("b c.md");

    expect(documents.map(({ path }) => path)).toEqual(["a.md", "b c.md"]);
    expect(page.url).toBe("https://git.example.com/docs/blob/release/1.0/b%20c.md");
    expect(Math.abs(page.updatedAt.getTime() - Date.now())).toBeLessThan(60_000);
  });

  it("fetches only what is new, also in a process that starts later", async () => {
    await repository.commit({ "a.md": "one", "b.md": "two" });
    await open().list();
    await repository.commit({ "a.md": "three" });

    const later = open();
    const { documents } = await later.list();

    expect(documents).toHaveLength(2);
    expect((await later.read("a.md")).bytes.toString()).toBe("three");
    expect(await readdir(cacheDir)).toHaveLength(1);
  });

  it("follows a branch whose history was rewritten, and a repository whose copy is broken", async () => {
    await repository.commit({ "a.md": "one" });
    const source = open();
    await source.list();

    await repository.git("checkout", "--quiet", "--orphan", "fresh");
    await repository.commit({ "a.md": "other history" });
    await repository.git("branch", "-f", "main", "fresh");
    const [copy = ""] = await readdir(cacheDir);
    await rm(join(cacheDir, copy, "objects"), { recursive: true });
    const broken = open({ branch: "main" });
    await broken.list();

    expect((await broken.read("a.md")).bytes.toString()).toBe("other history");
  });

  it("leaves out links, submodules, hidden, large and other files, and LFS pointers, and says why", async () => {
    await repository.commit({
      "page.md": "text",
      "passwd.md": { to: "/etc/passwd" },
      ".github/hidden.md": "hidden",
      "large.md": "x".repeat(20_000),
      "picture.png": "x",
      "stored.md": "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 1\n",
    });
    await repository.git("update-index", "--add", "--cacheinfo", `160000,${"a".repeat(40)},vendor`);
    await repository.git("commit", "--quiet", "--message=submodule");
    const source = open();

    const { documents, skipped } = await source.list();

    expect(documents.map(({ path }) => path)).toEqual(["page.md", "stored.md"]);
    expect(Object.fromEntries(skipped.map(({ path, reason }) => [path, reason]))).toEqual({
      "passwd.md": "symbolic-link",
      "large.md": "too-large",
      "picture.png": "not-a-text-format",
      vendor: "not-a-text-format",
    });
    await expect(source.read("stored.md")).rejects.toMatchObject({ reason: "git-lfs" });
  });

  it("keeps to one folder of the repository", async () => {
    await repository.commit({ "docs/a.md": "in", "docs2/b.md": "out", "c.md": "out" });
    const source = open({ folder: "docs" });

    expect((await source.list()).documents.map(({ path }) => path)).toEqual(["docs/a.md"]);
    expect((await source.read("docs/a.md")).url).toBe("https://git.example.com/docs/blob/HEAD/docs/a.md");
  });

  it.each([
    ["a protocol that runs programs", "ext::sh -c touch% /tmp/jibsa-owned"],
    ["an option in the place of an address", "--upload-pack=touch /tmp/jibsa-owned"],
    ["a protocol that is not allowed", "http://127.0.0.1:1/docs.git"],
  ])("refuses %s", async (_, url) => {
    await expect(open({ url }).list()).rejects.toThrow(/git fetch/);

    expect(await readdir(tmpdir())).not.toContain("jibsa-owned");
  });

  it("runs no hook, whoever put it there", async () => {
    await repository.commit({ "a.md": "text" });
    const source = open();
    await source.list();
    const [copy = ""] = await readdir(cacheDir);
    const ran = join(cacheDir, "a-hook-ran");
    await mkdir(join(cacheDir, copy, "hooks"), { recursive: true });
    const hook = join(cacheDir, copy, "hooks", "reference-transaction");
    await writeFile(hook, `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 });
    await repository.commit({ "a.md": "changed" });

    await source.list();

    expect((await source.read("a.md")).bytes.toString()).toBe("changed");
    expect(await readdir(cacheDir)).toEqual([copy]);
  });

  it("sends its token in a header to its own server alone, asks nobody, and never tells the token", async () => {
    const token = "t0ken-0123456789";
    const headers: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      headers.push(request.headers.authorization);
      response.writeHead(401, { "www-authenticate": "Basic" }).end();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/docs.git`;

    const failure: unknown = await open({ url, token, protocols: ["http"] })
      .list()
      .catch((error: unknown) => error);
    await new Promise((done) => server.close(done));

    expect(headers[0]).toBe(`Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`);
    expect(String(failure)).toMatch(/git fetch: .*(?:Authentication failed|could not read)/s);
    expect(String(failure)).not.toContain(token);
  });
});
