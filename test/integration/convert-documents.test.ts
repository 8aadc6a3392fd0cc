import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { converterFlags, createConverter } from "#src/rag/adapters/convert/create-converter.ts";
import type { DocumentConverter } from "#src/rag/document-converter.ts";
import { docxFile, docxParagraph, notebookFile, pdfFile } from "#test/fixtures/office-files.ts";

let converter: DocumentConverter;
beforeAll(() => {
  converter = createConverter();
});
afterAll(() => converter.close());

const html = (text: string) => converter.convert({ bytes: Buffer.from(text), format: "html" });

describe("HTML", () => {
  it("keeps headings, lists, code with its language, and tables, and drops what surrounds the content", async () => {
    const page =
      await html(`<!doctype html><html><head><title>Site | Retry</title><style>x{}</style></head><body>
      <nav>Menu one</nav><header>Logo</header>
      <main><h1>Retry a run</h1><p>A <b>failed</b> run is <a href="https://evil.example">started</a> again.<br>Twice.</p>
      <h2 id="by-command">By command</h2>
      <ul><li>first<ul><li>inner</li></ul></li><li>second</li></ul><ol><li>one</li><li>two</li></ol>
      <pre><code class="language-sh">jibsa  retry \\
  now &lt;run&gt;</code></pre>
      <table><tr><th>name</th><th>GPUs</th></tr><tr><td>sft</td><td>8 | 16</td></tr></table>
      <script>steal()</script></main><footer>© us</footer></body></html>`);

    expect(page).toEqual({
      content: `# Retry a run

A failed run is started again.
Twice.

## By command {#by-command}

- first
  - inner
- second
1. one
2. two

\`\`\`sh
jibsa  retry \\
  now <run>
\`\`\`

| name | GPUs |
| --- | --- |
| sft | 8 \\| 16 |
`,
    });
  });

  it("takes the title of a page without a heading, and the whole body where no content is marked", async () => {
    const page = await html(
      "<title>Queue</title><div>Runs wait.<div>For GPUs.</div></div><p># no heading</p>",
    );

    expect(page).toEqual({ content: "# Queue\n\nRuns wait.\n\nFor GPUs.\n\n\\# no heading\n" });
  });

  it("bears pages that are never closed", async () => {
    expect(await html("<main><table><tr><td>a<td>b<pre>code")).toEqual({
      content: "| a | bcode |\n| --- | --- |\n",
    });
  });
});

describe("PDF", () => {
  it("gives a section for each page, which a link can open", async () => {
    const bytes = pdfFile([["Checkpoints are kept", "for seven days."], ["Second page."]], {
      title: "Storage guide",
    });

    expect(await converter.convert({ bytes, format: "pdf" })).toEqual({
      content:
        "# Storage guide\n\n## Page 1 {#page=1}\n\nCheckpoints are kept\nfor seven days.\n\n## Page 2 {#page=2}\n\nSecond page.\n",
    });
  });
});

describe("DOCX", () => {
  it("keeps headings, paragraphs and tables by their styles", async () => {
    const cell = (text: string) => `<w:tc>${docxParagraph(text)}</w:tc>`;
    const bytes = docxFile(
      `${docxParagraph("저장소 안내", "Heading1")}${docxParagraph("체크포인트는 7일 동안 보관해요.")}<w:tbl><w:tr>${cell("a")}${cell("b")}</w:tr><w:tr>${cell("1")}${cell("2")}</w:tr></w:tbl>`,
    );

    expect(await converter.convert({ bytes, format: "docx" })).toEqual({
      content: "# 저장소 안내\n\n체크포인트는 7일 동안 보관해요.\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n",
    });
  });
});

describe("notebooks", () => {
  it("keep text and code and leave out what was printed", async () => {
    const bytes = notebookFile([
      ["markdown", "# Fine-tune\n\nFirst load the data."],
      ["code", "import torch\nprint('hi')\n"],
      ["code", "  "],
    ]);

    expect(await converter.convert({ bytes, format: "notebook" })).toEqual({
      content: "# Fine-tune\n\nFirst load the data.\n\n```python\nimport torch\nprint('hi')\n```\n",
    });
  });
});

describe("the process that converts", () => {
  const run = (script: string) =>
    promisify(execFile)(process.execPath, [...converterFlags(), "--input-type=module", "-e", script], {
      env: {},
      cwd: "/",
    }).then(
      ({ stdout }) => stdout,
      (error: unknown) => String(error),
    );

  it.each([
    ["read the machine's files", 'import fs from "node:fs"; fs.readFileSync("/etc/passwd")'],
    ["write files", `import fs from "node:fs"; fs.writeFileSync("${tmpdir()}/jibsa-written", "x")`],
    ["start programs", 'import { execFileSync } from "node:child_process"; execFileSync("true")'],
  ])("may not %s", async (_, script) => {
    expect(await run(script)).toContain("ERR_ACCESS_DENIED");
  });

  it("reaches nobody", async () => {
    let reached = 0;
    const server = createServer((_, response) => {
      reached += 1;
      response.end();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const module = join(import.meta.dirname, "../../src/rag/adapters/convert/deny-network.ts");
    const tries = `const http = await import("node:http");
      await (async () => fetch("${url}"))().catch(() => console.log("no fetch"));
      try { http.get("${url}").on("error", () => console.log("no http")); } catch { console.log("no http"); }`;

    const open = await run(tries);
    const reachedOpenly = reached;
    const denied = await run(`(await import(${JSON.stringify(module)})).denyNetwork();${tries}`);
    await new Promise((done) => server.close(done));

    expect(open).not.toContain("no fetch");
    expect(reachedOpenly).toBe(2);
    expect(denied).toBe("no fetch\nno http\n");
    expect(reached).toBe(2);
  });
});

describe("a document that harms", () => {
  it("is given up after its time, and the next one is converted", async () => {
    const hasty = createConverter({ timeMs: 1 });
    const slow = await hasty.convert({ bytes: Buffer.from("<p>x"), format: "html" });
    await hasty.close();

    expect(slow).toEqual({ reason: "out-of-time" });
    expect(await html("<p>after")).toEqual({ content: "after\n" });
  });

  it("is given up over its memory, and the next one is converted", async () => {
    const small = createConverter({ memoryBytes: 120 * 1024 * 1024 });
    const bytes = Buffer.from(`<main>${"<p>many words of text</p>".repeat(300_000)}`);
    const large = await small.convert({ bytes, format: "html" });
    const after = await small.convert({ bytes: Buffer.from("{}"), format: "notebook" });
    await small.close();

    expect(large).toEqual({ reason: "out-of-memory" });
    expect(after).toEqual({ reason: "broken" });
  });

  it("ends with its sync", async () => {
    await expect(
      converter.convert(
        { bytes: Buffer.from("<p>x"), format: "html" },
        AbortSignal.abort(new Error("enough")),
      ),
    ).rejects.toThrow("enough");
  });
});
