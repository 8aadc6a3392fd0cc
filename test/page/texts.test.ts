import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { backgroundOf, browserPath, launchPages, message, mrkdwn, plain } from "./page-driver.ts";

const hostile = [
  '<https://x/"onmouseover="alert(1)|label>',
  "<javascript:alert(1)|click>",
  "<img src=x onerror=alert(1)>",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "<data:text/html,<script>alert(1)</script>|data>",
  "<!date^1^{date}^javascript:alert(1)|date>",
  "<@U01RESEARCHER|<b>x</b>>",
  '*<https://y/?a="><svg onload=alert(1)>|bold>*',
  "`<img src=x>` ```<img src=y>```",
].join("\n");

describe.skipIf(browserPath === undefined)("on the playground's page", () => {
  let pages: Awaited<ReturnType<typeof launchPages>>;
  beforeAll(async () => {
    pages = await launchPages();
  });
  afterEach(() => pages.reset());
  afterAll(() => pages.close());

  it("hostile text becomes text: no element, attribute or address of its own", async () => {
    const workspace = await pages.start();
    const client = workspace.client();
    await client.chat.postMessage({ channel: "C01GENERAL", text: hostile });
    await client.apiCall("chat.postMessage", {
      channel: "C01GENERAL",
      text: "blocks",
      blocks: [
        { type: "section", text: mrkdwn(hostile) },
        { type: "header", text: plain("<img src=h onerror=alert(1)>") },
        {
          type: "markdown",
          text: `[a](javascript:alert(1)) <img src=x onerror=alert(1)> [b](https://z/"onclick="alert(1))\n\n${hostile}`,
        },
        {
          type: "rich_text",
          elements: [
            {
              type: "rich_text_section",
              elements: [
                { type: "link", url: "javascript:alert(1)", text: "rich" },
                { type: "text", text: "<b>x</b>" },
              ],
            },
          ],
        },
        {
          type: "actions",
          elements: [{ type: "button", action_id: "b", url: "https://ok/", text: plain("<i>b</i>") }],
        },
      ],
      attachments: [
        {
          color: "red;background:url(https://evil/)",
          title: "<b>t</b>",
          title_link: "javascript:alert(1)",
          text: hostile,
        },
      ],
    });
    const page = await workspace.open("sora");
    await message(page, "blocks").or(message(page, "rich")).last().waitFor();
    const found = await page
      .locator(".message")
      .evaluateAll((rows) =>
        rows.flatMap((row) =>
          [...row.querySelectorAll("*")].flatMap((element) => [
            ...(/^(script|img|iframe|object|b|i)$/i.test(element.tagName) ? [element.tagName] : []),
            ...(element.tagName.toLowerCase() === "svg" && !element.classList.contains("icon")
              ? ["svg"]
              : []),
            ...[...element.attributes].filter(({ name }) => name.startsWith("on")).map(({ name }) => name),
          ]),
        ),
      );
    expect(found).toEqual([]);
    const addresses = await page
      .locator(".message a[target]")
      .evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    expect(addresses.map((address) => URL.parse(address ?? "")?.protocol)).toEqual(
      addresses.map(() => "https:"),
    );
    expect(addresses.length).toBeGreaterThan(0);
    await page.getByText("<img src=x onerror=alert(1)>").first().waitFor();
    expect(await page.locator(".attachment-bar").getAttribute("style")).not.toContain("evil");
  });

  it("Slack's notation is shown as Slack shows it, with times in the reader's zone and language", async () => {
    const workspace = await pages.start();
    const text =
      "*bold* _it_ ~gone~ `a*b*c` <@U02LEAD> <!subteam^S02LEADS> <#C02TRAINING> :tada: snake_case_name 2*3*4 <https://docs.example/a_b|the docs> <!date^1767225600^{date_num} {time}|x>\n&gt; quoted\n```\ncode *raw*\n```";
    await workspace.client().chat.postMessage({ channel: "C01GENERAL", text });
    const check = async (person: string, time: string) => {
      const page = await workspace.open(person);
      const row = message(page, "bold");
      await row.waitFor();
      expect(await row.locator("strong").allTextContents()).toEqual(["bold"]);
      expect(await row.locator("em").allTextContents()).toEqual(["it"]);
      expect(await row.locator("del").allTextContents()).toEqual(["gone"]);
      expect(await row.locator("code").allTextContents()).toEqual(["a*b*c", "code *raw*"]);
      expect(await row.locator("blockquote").allTextContents()).toEqual(["quoted"]);
      expect(await row.locator(".mention").allTextContents()).toEqual([
        "@junho",
        "@ml-leads",
        "#llm-training",
      ]);
      expect(await row.getByRole("link", { name: "the docs" }).getAttribute("href")).toBe(
        "https://docs.example/a_b",
      );
      expect(await row.locator("time").textContent()).toBe(time);
      expect(await row.textContent()).toContain("🎉 snake_case_name 2*3*4");
    };
    await check("minji", "2026-01-01 오전 9:00");
    await check("guest", "2026-01-01 1:00 AM");
  });

  it("Markdown blocks show headings, lists, tables, code and links", async () => {
    const workspace = await pages.start();
    await workspace.client().chat.postMessage({
      channel: "C01GENERAL",
      markdown_text:
        "# Title\n\nSome **bold**, *it* and `code` [link](https://example.com/x_(y)).\n\n1. one\n   - inner\n2. two\n\n| a | b |\n|--|--:|\n| x\\|y | 2 |\n\n```py\nprint(1)\n```\n\n> quoted\n\n---\n- [x] done",
    });
    const page = await workspace.open("sora");
    const row = message(page, "Title");
    await row.getByRole("heading", { name: "Title" }).waitFor();
    expect(await row.locator("ol > li").count()).toBe(2);
    expect(await row.locator("ol > li ul > li").allTextContents()).toEqual(["inner"]);
    expect(await row.locator("td").allTextContents()).toEqual(["x|y", "2"]);
    expect(await row.locator("pre").textContent()).toBe("print(1)");
    expect(await row.getByRole("link", { name: "link" }).getAttribute("href")).toBe(
      "https://example.com/x_(y)",
    );
    expect(await row.locator("blockquote").textContent()).toBe("quoted");
    expect(await row.locator(".task-item input").isChecked()).toBe(true);
  });

  it("rich blocks, tables, files and attachments are drawn, and tables sort and turn pages", async () => {
    const workspace = await pages.start();
    const client = workspace.client();
    const cell = (text: string) => ({ type: "raw_text", text });
    await client.apiCall("chat.postMessage", {
      channel: "C01GENERAL",
      text: "rich",
      blocks: [
        {
          type: "data_table",
          caption: "Nodes",
          page_size: 2,
          rows: [
            [cell("Node"), cell("GPUs")],
            ...["a", "b", "c"].map((name, index) => [
              cell(name),
              { type: "raw_number", value: 3 - index, text: String(3 - index) },
            ]),
          ],
        },
        {
          type: "plan",
          title: "The plan",
          tasks: [
            {
              type: "task_card",
              task_id: "t",
              title: "Search",
              status: "complete",
              details: {
                type: "rich_text",
                elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "12 pages" }] }],
              },
            },
          ],
        },
        { type: "card", title: mrkdwn("*A card*"), body: mrkdwn("its body") },
        { type: "context", elements: [mrkdwn("_context_")] },
        {
          type: "rich_text",
          elements: [
            {
              type: "rich_text_list",
              style: "ordered",
              elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "first" }] }],
            },
            { type: "rich_text_quote", elements: [{ type: "text", text: "said" }] },
            { type: "rich_text_preformatted", elements: [{ type: "text", text: "raw" }] },
          ],
        },
      ],
      attachments: [
        {
          color: "#ff0000",
          title: "An alert",
          title_link: "https://grafana.example/",
          text: "*firing*",
          fields: [{ title: "Node", value: "gpu-3", short: true }],
        },
      ],
    });
    await client.files.uploadV2({ channel_id: "C01GENERAL", filename: "run.log", content: "step 1\nstep 2" });
    const page = await workspace.open("sora");
    const table = page.locator(".data-table");
    await table.getByText("1–2 of 3").waitFor();
    await table.getByRole("button", { name: "GPUs" }).click();
    expect(await table.locator("tbody tr td:first-child").allTextContents()).toEqual(["c", "b"]);
    await table.getByRole("button", { name: "Next" }).click();
    expect(await table.locator("tbody tr td:first-child").allTextContents()).toEqual(["a"]);
    await page.locator(".plan").getByRole("button", { name: "Show more" }).click();
    await page.getByText("12 pages").waitFor();
    await page.locator(".block-card strong", { hasText: "A card" }).waitFor();
    expect(await page.locator(".rich-text blockquote").textContent()).toBe("said");
    expect(await backgroundOf(page, ".attachment-bar")).toBe("rgb(255, 0, 0)");
    await page.locator(".file-preview", { hasText: "step 2" }).waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download" }).click();
    expect((await download).suggestedFilename()).toBe("run.log");
  });
});
