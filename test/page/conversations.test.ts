import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { backgroundOf, browserPath, composer, launchPages, message, write, soon } from "./page-driver.ts";
import { eventually } from "../integration/slack-playground-driver.ts";

describe.skipIf(browserPath === undefined)("on the playground's page", () => {
  let pages: Awaited<ReturnType<typeof launchPages>>;
  beforeAll(async () => {
    pages = await launchPages();
  });
  afterEach(() => pages.reset());
  afterAll(() => pages.close());

  it("what one person sends reaches the app once and the other people's pages at once", async () => {
    const workspace = await pages.start();
    const heard: string[] = [];
    await workspace.connect((app) =>
      app.message(/.*/, async ({ message: said, say }) => {
        heard.push("text" in said ? (said.text ?? "") : "");
        await say("*heard*");
      }),
    );
    const sora = await workspace.open("sora");
    const guest = await workspace.open("guest");
    await write(sora, "hello @jibsa, see #llm-training & <b>");
    await message(guest, "hello @jibsa").waitFor();
    await message(guest, "heard").locator("strong", { hasText: "heard" }).waitFor();
    expect(await message(guest, "hello").locator("b").count()).toBe(0);
    expect(await message(guest, "hello").locator(".mention").allTextContents()).toEqual([
      "@jibsa",
      "#llm-training",
    ]);
    expect(heard).toEqual(["hello <@U00JIBSA>, see <#C02TRAINING|llm-training> &amp; &lt;b&gt;"]);
    expect(await composer(sora).inputValue()).toBe("");
  });

  it("Shift+Enter breaks the line, and an Enter that ends a Korean composition sends nothing", async () => {
    const workspace = await pages.start();
    const page = await workspace.open("minji");
    const field = composer(page);
    await field.focus();
    await page.keyboard.type("first");
    await page.keyboard.press("Shift+Enter");
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Input.imeSetComposition", { text: "안녕", selectionStart: 2, selectionEnd: 2 });
    // What browsers report for the Enter that ends a composition: Chromium marks it, Safari has only the key code.
    const enter = { key: "Enter", bubbles: true, cancelable: true };
    await field.dispatchEvent("keydown", { ...enter, isComposing: true });
    await field.dispatchEvent("keydown", { ...enter, keyCode: 229 });
    await devtools.send("Input.insertText", { text: "안녕" });
    expect(await workspace.messages("minji", "general")).toEqual([]);
    expect(await field.inputValue()).toBe("first\n안녕");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await message(page, "안녕").waitFor();
    await write(page, "marker");
    await message(page, "marker").waitFor();
    const said = await workspace.messages("minji", "general");
    expect(said.map((item) => item.text)).toEqual(["first\n안녕", "marker"]);
  });

  it("a thread opens beside the channel, takes replies, and is closed by Escape", async () => {
    const workspace = await pages.start();
    const { ts } = await workspace.post("say", { user: "junho", channel: "general", text: "the root" });
    const page = await workspace.open("sora");
    await message(page, "the root").hover();
    await page.getByRole("button", { name: "Reply in thread" }).click();
    await write(page, "a reply", "thread");
    await page.locator(".thread .message", { hasText: "a reply" }).waitFor();
    await page.locator(".channel").getByText("1 reply").waitFor();
    expect(await page.locator(".channel .message", { hasText: "a reply" }).count()).toBe(0);
    await page.getByLabel("Also send to #general").check();
    await write(page, "for all", "thread");
    await page.locator(".channel .message", { hasText: "for all" }).waitFor();
    await write(page, "/train list", "thread");
    await page.locator(".toast", { hasText: "not supported in threads" }).waitFor();
    expect(await workspace.messages("sora", "general", String(ts))).toHaveLength(3);
    await composer(page, "thread").press("Escape");
    await page.locator(".thread").waitFor({ state: "detached" });
  });

  it("completion offers commands, people and channels, and is used with the keyboard alone", async () => {
    const workspace = await pages.start();
    const page = await workspace.open("sora");
    const field = composer(page);
    await field.pressSequentially("/");
    await soon(() => page.getByRole("option").allTextContents()).toEqual([
      expect.stringContaining("/ask"),
      expect.stringContaining("/train"),
      expect.stringContaining("/cluster"),
      expect.stringContaining("/docs"),
      expect.stringContaining("/jibsa"),
    ]);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await soon(() => field.inputValue()).toBe("/train ");
    await field.fill("");
    await field.pressSequentially("ask @ju");
    await page.getByRole("option", { name: "@junho" }).waitFor();
    await page.keyboard.press("Tab");
    await field.pressSequentially("in #llm");
    await page.getByRole("option", { name: "#llm-training" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("listbox").waitFor({ state: "detached" });
    await page.keyboard.press("Enter");
    await message(page, "ask @junho in #llm").waitFor();
    const [said] = await workspace.messages("sora", "general");
    expect(said?.text).toBe("ask <@U02LEAD> in #llm");
  });

  it("completion puts names that begin so before names that only have it in them", async () => {
    const workspace = await pages.start();
    const page = await workspace.open("sora");
    await composer(page).pressSequentially("@ji");

    await soon(() => page.getByRole("option").allTextContents()).toEqual([
      expect.stringContaining("@jibsa"),
      expect.stringContaining("@minji"),
    ]);
  });

  it("an ephemeral message says so and is seen by that person only", async () => {
    const workspace = await pages.start();
    const sora = await workspace.open("sora");
    const junho = await workspace.open("junho");
    const client = workspace.client();
    await client.chat.postEphemeral({ channel: "C01GENERAL", user: "U03OPERATOR", text: "a secret" });
    await client.chat.postMessage({ channel: "C01GENERAL", text: "for all" });
    await message(sora, "a secret").getByText("Only visible to you").waitFor();
    await message(junho, "for all").waitFor();
    expect(await message(junho, "a secret").count()).toBe(0);
  });

  it("an answer grows while it is streamed, then its caret is gone", async () => {
    const workspace = await pages.start();
    const { ts } = await workspace.post("say", { user: "sora", channel: "general", text: "question" });
    const page = await workspace.open("sora", `/archives/C01GENERAL?thread_ts=${String(ts)}`);
    const client = workspace.client();
    const place = { channel: "C01GENERAL", recipient_user_id: "U03OPERATOR", recipient_team_id: "T00JIBSA" };
    const stream = await client.chat.startStream({
      ...place,
      thread_ts: String(ts),
      markdown_text: "# One\n\n**tw",
    });
    const answer = page.locator(".thread .message", { hasText: "One" });
    await answer.getByRole("heading", { name: "One" }).waitFor();
    expect(await answer.getAttribute("data-streaming")).toBe("true");
    await page.locator(".thread").getByRole("button", { name: "Stop" }).waitFor();
    await client.chat.appendStream({
      channel: "C01GENERAL",
      ts: String(stream.ts),
      markdown_text: "o**\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    });
    await answer.locator("strong", { hasText: "two" }).waitFor();
    await answer.locator("td", { hasText: "2" }).waitFor();
    await client.chat.stopStream({ channel: "C01GENERAL", ts: String(stream.ts) });
    await soon(() => answer.getAttribute("data-streaming")).toBe("false");
  });

  it("edits and deletions show at once, and one's own messages can be changed", async () => {
    const workspace = await pages.start();
    const { ts } = await workspace.post("say", { user: "junho", channel: "general", text: "before" });
    const page = await workspace.open("sora");
    await message(page, "before").waitFor();
    await workspace.post("edit", { user: "junho", channel: "general", ts, text: "after" });
    await message(page, "after").getByText("(edited)").waitFor();
    await workspace.post("delete", { user: "junho", channel: "general", ts });
    await soon(() => message(page, "after").count()).toBe(0);
    await write(page, "mine for @guest");
    await message(page, "mine").hover();
    await message(page, "mine").getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Edit message" }).click();
    const field = page.locator(".edit-message textarea");
    expect(await field.inputValue()).toBe("mine for @guest");
    await field.fill("changed for @guest");
    await field.press("Enter");
    await message(page, "changed for").getByText("(edited)").waitFor();
    await message(page, "changed for").hover();
    await message(page, "changed for").getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Delete message" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete message" }).click();
    await soon(() => workspace.messages("sora", "general")).toEqual([]);
  });

  it("acting as somebody else changes language, channels and authorship, and is remembered", async () => {
    const workspace = await pages.start();
    const page = await workspace.open("sora");
    await page.getByRole("button", { name: "Acting as: Sora Park" }).click();
    await page.getByRole("menuitemradio", { name: /Minji Kim/ }).click();
    await page.getByRole("button", { name: "지금 사용자: Minji Kim" }).waitFor();
    expect(new URL(page.url()).searchParams.get("as")).toBe("minji");
    expect(await page.locator("html").getAttribute("lang")).toBe("ko");
    await write(page, "민지예요");
    await message(page, "민지예요").locator(".message-name", { hasText: "Minji Kim" }).waitFor();
    await page.goto(workspace.playground.url);
    await page.getByRole("button", { name: "지금 사용자: Minji Kim" }).click();
    await page.getByRole("menuitemradio", { name: /Alex Guest/ }).click();
    await page.getByRole("button", { name: "Acting as: Alex Guest" }).waitFor();
    await soon(() => page.locator(".channel-link").allTextContents()).toEqual([
      "#general",
      "#llm-training",
      "Jibsa",
    ]);
  });

  it("a channel with something new is marked until it is opened, and says where the new begins", async () => {
    const workspace = await pages.start();
    await workspace.post("say", { user: "junho", channel: "llm-training", text: "old" });
    const page = await workspace.open("sora");
    const link = page.getByRole("button", { name: "llm-training" });
    await soon(() => link.getAttribute("data-unread")).toBe("false");
    await workspace.post("say", { user: "junho", channel: "llm-training", text: "new for @sora" });
    await soon(() => link.getAttribute("data-unread")).toBe("true");
    await link.locator(".badge", { hasText: "1" }).waitFor();
    await link.click();
    const line = page.locator(".new-line");
    await line.waitFor();
    expect(await page.locator(".message-list-inner > div", { has: line }).innerText()).toContain(
      "new for @sora",
    );
    await soon(() => link.getAttribute("data-unread")).toBe("false");
  });

  it("a permalink opens the channel, or the thread, at that message", async () => {
    const workspace = await pages.start();
    const client = workspace.client();
    const root = await client.chat.postMessage({ channel: "C02TRAINING", text: "the first" });
    for (let count = 0; count < 40; count += 1)
      await client.chat.postMessage({ channel: "C02TRAINING", text: `filler ${count}` });
    const reply = await client.chat.postMessage({
      channel: "C02TRAINING",
      text: "the reply",
      thread_ts: String(root.ts),
    });
    const linkTo = async (ts: unknown) => {
      const { permalink } = await client.chat.getPermalink({
        channel: "C02TRAINING",
        message_ts: String(ts),
      });
      const url = new URL(String(permalink));
      return `${url.pathname}${url.search}`;
    };
    const page = await workspace.open("sora", await linkTo(root.ts));
    const first = page.locator('.channel .message[data-highlighted="true"]');
    await first.getByText("the first").waitFor();
    await soon(() => first.evaluate((row) => row.getBoundingClientRect().top)).toBeGreaterThan(0);
    const other = await workspace.open("sora", await linkTo(reply.ts));
    await other.locator('.thread .message[data-highlighted="true"]').getByText("the reply").waitFor();
  });

  it("follows the system's dark setting, and a choice of one's own is kept", async () => {
    const workspace = await pages.start();
    const page = await workspace.open("sora", "/", { colorScheme: "dark" });
    const background = () => backgroundOf(page, ".channel");
    expect(await background()).toBe("rgb(27, 29, 33)");
    await page.getByRole("button", { name: "Theme: Like the system" }).click();
    await soon(background).toBe("rgb(255, 255, 255)");
    await page.reload();
    await page.getByRole("button", { name: "Theme: Light" }).waitFor();
    expect(await background()).toBe("rgb(255, 255, 255)");
  });

  it("a message can be reacted to and an assistant thread started by keyboard alone", async () => {
    const workspace = await pages.start();
    await workspace.connect((app) => {
      app.event("assistant_thread_started", async ({ event, client }) => {
        const { channel_id, thread_ts } = event.assistant_thread;
        await client.assistant.threads.setTitle({ channel_id, thread_ts, title: "Retries" });
        await client.assistant.threads.setSuggestedPrompts({
          channel_id,
          thread_ts,
          prompts: [{ title: "My runs", message: "Show my runs" }],
        });
      });
      app.message("Show my runs", async ({ message: said, client }) => {
        await client.assistant.threads.setStatus({
          channel_id: said.channel,
          thread_ts: "thread_ts" in said ? String(said.thread_ts) : said.ts,
          status: "is looking…",
        });
      });
    });
    await workspace.post("say", { user: "junho", channel: "general", text: "look" });
    const page = await workspace.open("sora");
    await message(page, "look").getByRole("button", { name: "Add reaction" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await message(page, "look").getByRole("button", { name: "white_check_mark: Sora Park" }).waitFor();
    await page.getByRole("navigation").getByRole("button", { name: "Jibsa" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "New assistant thread" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("complementary", { name: "Retries" }).waitFor();
    await page.getByRole("button", { name: "My runs" }).focus();
    await page.keyboard.press("Enter");
    await page.locator(".thread .message", { hasText: "Show my runs" }).waitFor();
    await page.locator(".thread").getByText("Jibsa is looking…").waitFor();
    await eventually(async () =>
      (await workspace.messages("sora", "@jibsa")).length > 0 ? true : undefined,
    );
  });

  it("the page says that the connection is lost, and catches up when the workspace is back", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "jibsa-page-"));
    try {
      const first = await pages.start({ dataDir });
      const { ts } = await first.post("say", { user: "junho", channel: "general", text: "soon gone" });
      const page = await first.open("sora");
      await message(page, "soon gone").waitFor();
      await first.close();
      await page.getByText("Connection lost").waitFor();
      const second = await pages.start({ dataDir, port: Number(new URL(first.playground.url).port) });
      await second.post("delete", { user: "junho", channel: "general", ts });
      await page.getByText("Connection lost").waitFor({ state: "detached" });
      await soon(() => message(page, "soon gone").count()).toBe(0);
      await write(page, "still here");
      await message(page, "still here").waitFor();
    } finally {
      await pages.reset();
      await rm(dataDir, { recursive: true });
    }
  });
});
