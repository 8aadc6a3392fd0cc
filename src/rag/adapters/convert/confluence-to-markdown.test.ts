import { describe, expect, it } from "vitest";
import { confluenceToMarkdown } from "./confluence-to-markdown.ts";

const convert = (storage: string, anchors: "cloud" | "data-center" = "cloud") =>
  confluenceToMarkdown(JSON.stringify({ title: "GPU guide", anchors, storage }));
const body = (storage: string) =>
  convert(storage)
    .replace(/^# GPU guide\n\n/, "")
    .trimEnd();

const codeMacro = (language: string, code: string) =>
  `<ac:structured-macro ac:name="code" ac:schema-version="1"><ac:parameter ac:name="language">${language}</ac:parameter><ac:parameter ac:name="title">train.sh</ac:parameter><ac:plain-text-body><![CDATA[${code}]]></ac:plain-text-body></ac:structured-macro>`;

describe("a page of Confluence becomes Markdown", () => {
  it("with its title above its headings, which keep the anchors of Cloud or of Data Center", () => {
    const storage = "<h1>First steps</h1><p>Ask for a GPU.</p><h2>Then &amp; now</h2><p>Wait.</p>";

    expect(convert(storage)).toBe(
      "# GPU guide\n\n## First steps {#First-steps}\n\nAsk for a GPU.\n\n### Then & now {#Then-&-now}\n\nWait.\n",
    );
    expect(convert(storage, "data-center")).toContain("## First steps {#GPUguide-Firststeps}");
  });

  it("with code as it was written, signs and all, and its language", () => {
    const code = 'if [ "$A" < 3 ] && true; then\n  echo "<b>**x**</b>" # 시작\nfi';

    expect(body(codeMacro("bash", code))).toBe(`train.sh\n\n\`\`\`bash\n${code}\n\`\`\``);
  });

  it("with code that holds the end of its own block", () => {
    const code = "echo a]]]]><![CDATA[>b\n```\nstill code";

    expect(body(codeMacro("md", code))).toBe("train.sh\n\n````md\necho a]]>b\n```\nstill code\n````");
  });

  it("with what stands in panels, expands, columns and layouts", () => {
    const macro = (name: string, title: string, text: string) =>
      `<ac:structured-macro ac:name="${name}"><ac:parameter ac:name="title">${title}</ac:parameter><ac:rich-text-body>${text}</ac:rich-text-body></ac:structured-macro>`;

    expect(
      body(
        `<ac:layout><ac:layout-section><ac:layout-cell>${macro("info", "Mind", "<p>Queues are shared.</p>")}</ac:layout-cell></ac:layout-section></ac:layout>` +
          macro("expand", "More", `<p>Inside ${macro("column", "", "<p>a column</p>")}</p>`) +
          '<ac:adf-extension><ac:adf-node type="panel"><ac:adf-attribute key="panel-type">note</ac:adf-attribute><ac:adf-content><p>A new panel.</p></ac:adf-content></ac:adf-node><ac:adf-fallback><p>An old panel.</p></ac:adf-fallback></ac:adf-extension>',
      ),
    ).toBe("Mind\n\nQueues are shared.\n\nMore\n\nInside\n\na column\n\nA new panel.");
  });

  it("with tables, and tasks with what is done", () => {
    expect(
      body(
        "<table><colgroup><col /></colgroup><tbody><tr><th><p>GPU</p></th><th><p>GiB</p></th></tr><tr><td><p>H100</p></td><td><p>80 | 94</p></td></tr></tbody></table>" +
          "<ac:task-list><ac:task><ac:task-id>7</ac:task-id><ac:task-status>complete</ac:task-status><ac:task-body>Ask</ac:task-body></ac:task><ac:task><ac:task-id>8</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body><span>Wait</span></ac:task-body></ac:task></ac:task-list>",
      ),
    ).toBe("| GPU | GiB |\n| --- | --- |\n| H100 | 80 \\| 94 |\n\n- [x] Ask\n- [ ] Wait");
  });

  it("with the words of links, the names of what they lead to, lozenges and tickets, and without pictures", () => {
    expect(
      body(
        '<p>See <ac:link><ri:page ri:content-title="Quota &amp; limits" ri:space-key="ML" /></ac:link>, ' +
          '<ac:link ac:anchor="top"><ri:page ri:content-title="Other" /><ac:plain-text-link-body><![CDATA[the other]]></ac:plain-text-link-body></ac:link>, ' +
          '<ac:link><ri:page ri:content-title="Third" /><ac:link-body>a <strong>third</strong></ac:link-body></ac:link>, ' +
          '<a href="javascript:alert(1)">here</a> ' +
          '<ac:structured-macro ac:name="status"><ac:parameter ac:name="title">DONE</ac:parameter><ac:parameter ac:name="colour">Green</ac:parameter></ac:structured-macro> ' +
          '<ac:structured-macro ac:name="jira"><ac:parameter ac:name="server">System</ac:parameter><ac:parameter ac:name="key">ML-12</ac:parameter></ac:structured-macro> ' +
          'by <time datetime="2026-01-05" />.</p>' +
          '<ac:image ac:alt="a chart"><ri:attachment ri:filename="chart.png" /><ac:caption><p>chart</p></ac:caption></ac:image>' +
          '<ac:structured-macro ac:name="toc"><ac:parameter ac:name="maxLevel">3</ac:parameter></ac:structured-macro>' +
          '<ac:structured-macro ac:name="html"><ac:plain-text-body><![CDATA[<script>x()</script>]]></ac:plain-text-body></ac:structured-macro>' +
          "<p><ac:placeholder>Write here</ac:placeholder></p>",
      ),
    ).toBe("See Quota & limits, the other, a third, here DONE ML-12 by 2026-01-05.");
  });

  it("whatever of it is not closed, and says of an empty one that there is no text", () => {
    expect(body('<p>half <strong>bold <ac:structured-macro ac:name="info"><ac:rich-text-body><p>open')).toBe(
      "half bold\n\nopen",
    );
    expect(body("</ac:link></ac:parameter></ac:structured-macro><p>fine</p>")).toBe("fine");
    expect(() => convert('<p> </p><ac:structured-macro ac:name="children" />')).toThrow("no-text");
  });
});
