import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createConverter } from "#src/rag/adapters/convert/create-converter.ts";
import { createFolderSource } from "#src/rag/adapters/folder-source.ts";
import { indexSource } from "#src/rag/index-source.ts";
import { tokenize } from "#src/rag/tokenize.ts";
import { createInMemoryVectorIndex } from "#test/fakes/in-memory-vector-index.ts";
import { badDocuments } from "#test/fixtures/bad-documents.ts";
import { docxFile, docxParagraph, notebookFile, pdfFile } from "#test/fixtures/office-files.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";

const KINDS: readonly (readonly [ending: string, write: (word: string) => Buffer])[] = [
  ["md", (word) => Buffer.from(`# Good\n\n${word}\n`)],
  ["txt", (word) => Buffer.from(word)],
  ["html", (word) => Buffer.from(`<h1>Good</h1><p>${word}`)],
  ["pdf", (word) => pdfFile([[word]])],
  ["docx", (word) => docxFile(docxParagraph(word))],
  ["ipynb", (word) => notebookFile([["code", word]])],
  ["yaml", (word) => Buffer.from(`kind: Job\nmetadata:\n  name: ${word}\n`)],
];

let postgres: TestPostgres;
let folder: string;
beforeAll(async () => {
  [postgres, folder] = await Promise.all([startTestPostgres(), mkdtemp(join(tmpdir(), "jibsa-bad-"))]);
});
afterAll(async () => {
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
});

async function write(path: string, bytes: Buffer): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), bytes);
}

describe("a folder with 50 kinds of bad file", () => {
  it("gives its 20 good ones, and a reason for each of the others", { timeout: 120_000 }, async () => {
    const bad = badDocuments();
    for (const [path, bytes] of bad) await write(path, bytes);
    await symlink("/etc/passwd", join(folder, "passwd.md"));
    await symlink(join(folder, "nowhere"), join(folder, "dangling.pdf"));
    const socket = createServer();
    await new Promise<void>((done) => socket.listen(join(folder, "socket.md"), done));
    for (let number = 0; number < 20; number += 1) {
      const [ending, content] = KINDS[number % KINDS.length] ?? ["md", Buffer.from];
      await write(`good/${number}.${ending}`, content(`goodword${number}`));
    }
    const index = createInMemoryVectorIndex();
    const converter = createConverter();
    const { store } = await postgres.createDatabase();
    const source = createFolderSource({
      name: "docs",
      folder,
      limits: { text: 10_485_760, document: 10_485_760 },
    });

    const report = await indexSource(
      { store, index, converter, logger: pino({ level: "silent" }), now: () => new Date() },
      source,
    );
    await converter.close();
    await new Promise((done) => socket.close(done));

    expect(Object.fromEntries(report.skipped.map(({ path, reason }) => [path, reason]))).toEqual({
      ...Object.fromEntries(bad.map(([path, , reason]) => [path, reason])),
      "passwd.md": "symbolic-link",
      "dangling.pdf": "symbolic-link",
      "socket.md": "not-a-text-format",
    });
    expect(bad.length + 3).toBe(50);
    expect(report.written).toBe(20);
    for (let number = 0; number < 20; number += 1)
      expect(
        await index.search({
          searchText: tokenize(`goodword${number}`).join(" "),
          audiences: ["public"],
          limit: 1,
        }),
      ).toHaveLength(1);
  });
});
