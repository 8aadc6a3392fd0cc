import type { ModalView } from "@slack/types";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { browserPath, launchPages, message, mrkdwn, option, plain, write, soon } from "./page-driver.ts";

interface Seen {
  readonly type: string;
  readonly user: { readonly id: string };
  readonly actions?: readonly Record<string, unknown>[];
  readonly state?: { readonly values: Values };
  readonly view?: { readonly state: { readonly values: Values } };
}
type Values = Record<string, Record<string, Record<string, unknown>>>;

const input = (block_id: string, element: object, more: object = {}) => ({
  type: "input",
  block_id,
  label: plain(block_id),
  optional: true,
  element: { action_id: "value", ...element },
  ...more,
});

const form = (blocks: readonly object[]): ModalView => ({
  type: "modal",
  callback_id: "form",
  title: plain("A form"),
  submit: plain("Submit"),
  close: plain("Leave"),
  notify_on_close: true,
  blocks: blocks as ModalView["blocks"],
});

async function pick(page: Page, field: string | RegExp, ...labels: string[]): Promise<void> {
  await page.getByRole("button", { name: field, exact: typeof field === "string" }).click();
  for (const label of labels) await page.getByRole("option", { name: label }).click();
}

describe.skipIf(browserPath === undefined)("on the playground's page", () => {
  let pages: Awaited<ReturnType<typeof launchPages>>;
  beforeAll(async () => {
    pages = await launchPages();
  });
  afterEach(() => pages.reset());
  afterAll(() => pages.close());

  /** A workspace whose app notes everything that people do, and opens a form on /train. */
  async function startWithForm(blocks: readonly object[], onSubmit?: (values: Values) => object | undefined) {
    const workspace = await pages.start();
    const seen: Seen[] = [];
    const note = (body: unknown) => void seen.push(body as Seen);
    await workspace.connect((app) => {
      app.command("/train", async ({ ack, body, client }) => {
        await ack();
        await client.views.open({ trigger_id: body.trigger_id, view: form(blocks) });
      });
      app.action(/.*/, async ({ ack, body }) => {
        await ack();
        note(body);
      });
      app.view("form", async ({ ack, body, view }) => {
        const answer = onSubmit?.(view.state.values as unknown as Values);
        await (answer ? ack(answer as never) : ack());
        note(body);
      });
      app.view({ callback_id: "form", type: "view_closed" }, async ({ ack, body }) => {
        await ack();
        note(body);
      });
      app.options(/.*/, async ({ ack, payload }) => {
        const offered = ["alpha", "beta"].filter((word) => word.startsWith(payload.value));
        await ack({ options: offered.map(option) });
      });
    });
    return { workspace, seen };
  }

  const actionOf = (seen: readonly Seen[], index: number) => seen[index]?.actions?.[0];

  it("a button is pressed once however fast it is clicked, and a confirmation can be refused", async () => {
    const { workspace, seen } = await startWithForm([]);
    const confirm = {
      title: plain("Cancel it?"),
      text: mrkdwn("*All* is lost."),
      confirm: plain("Yes"),
      deny: plain("No"),
    };
    await workspace.client().chat.postMessage({
      channel: "C01GENERAL",
      text: "buttons",
      blocks: [
        {
          type: "actions",
          block_id: "a",
          elements: [
            { type: "button", action_id: "go", value: "1", text: plain("Go") },
            {
              type: "button",
              action_id: "cancel",
              value: "2",
              style: "danger",
              text: plain("Cancel"),
              confirm,
            },
            { type: "overflow", action_id: "more", options: [option("logs"), option("chart")] },
          ],
        },
      ],
    });
    const page = await workspace.open("sora");
    await workspace.post("faults", { event: "block_actions", kind: "delay", delayMs: 400 });
    await page.getByRole("button", { name: "Go" }).dblclick();
    await soon(() => seen.length).toBe(1);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page
      .getByRole("alertdialog", { name: "Cancel it?" })
      .locator("strong", { hasText: "All" })
      .waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("alertdialog").waitFor({ state: "detached" });
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Cancel");
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Yes" }).click();
    await message(page, "Go").locator(".block-actions").getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "CHART" }).click();
    await soon(() => seen.length).toBe(3);
    expect(seen.map((_, index) => actionOf(seen, index)?.["action_id"])).toEqual(["go", "cancel", "more"]);
    expect(actionOf(seen, 1)).toMatchObject({ block_id: "a", value: "2" });
    expect(actionOf(seen, 2)).toMatchObject({ selected_option: { value: "chart" } });
    expect(seen[0]?.user.id).toBe("U03OPERATOR");
  });

  it("every select, picker and box in a message tells the app what was chosen", async () => {
    const { workspace, seen } = await startWithForm([]);
    await workspace.client().apiCall("chat.postMessage", {
      channel: "C01GENERAL",
      text: "elements",
      blocks: [
        {
          type: "section",
          block_id: "s",
          text: plain("Where"),
          accessory: {
            type: "static_select",
            action_id: "one",
            placeholder: plain("One"),
            option_groups: [{ label: plain("Group"), options: [option("a"), option("b")] }],
          },
        },
        {
          type: "actions",
          block_id: "x",
          elements: [
            {
              type: "multi_static_select",
              action_id: "many",
              placeholder: plain("Many"),
              options: ["a", "b", "c"].map(option),
            },
            {
              type: "external_select",
              action_id: "outside",
              placeholder: plain("Outside"),
              min_query_length: 1,
            },
            { type: "users_select", action_id: "who", placeholder: plain("Who") },
            { type: "channels_select", action_id: "where", placeholder: plain("Place") },
            { type: "datepicker", action_id: "day", placeholder: plain("Day") },
            { type: "timepicker", action_id: "time", placeholder: plain("Time") },
            { type: "datetimepicker", action_id: "moment" },
            { type: "checkboxes", action_id: "boxes", options: [option("x"), option("y")] },
            { type: "radio_buttons", action_id: "radio", options: [option("left"), option("right")] },
          ],
        },
        {
          type: "context_actions",
          block_id: "f",
          elements: [
            {
              type: "feedback_buttons",
              action_id: "feedback",
              positive_button: { text: plain("Good"), value: "good" },
              negative_button: { text: plain("Bad"), value: "bad" },
            },
          ],
        },
      ],
    });
    const page = await workspace.open("sora");
    const told = async (step: () => Promise<unknown>) => {
      const before = seen.length;
      await step();
      await soon(() => seen.length).toBe(before + 1);
      return actionOf(seen, before);
    };
    expect(await told(() => pick(page, "One", "B"))).toMatchObject({ selected_option: { value: "b" } });
    expect(
      await told(async () => {
        await pick(page, "Many", "A", "C");
        await page.keyboard.press("Escape");
      }),
    ).toMatchObject({ selected_options: [{ value: "a" }, { value: "c" }] });
    expect(await told(() => page.getByRole("button", { name: "Remove A" }).click())).toMatchObject({
      selected_options: [{ value: "c" }],
    });
    expect(
      await told(async () => {
        await page.getByRole("button", { name: "Outside" }).click();
        await page.keyboard.type("be");
        await page.getByRole("option", { name: "BETA" }).waitFor();
        await page.keyboard.press("Enter");
      }),
    ).toMatchObject({ type: "external_select", selected_option: { value: "beta" } });
    expect(await told(() => pick(page, "Who", "Junho Lee"))).toMatchObject({ selected_user: "U02LEAD" });
    expect(await told(() => pick(page, "Place", "#llm-training"))).toMatchObject({
      selected_channel: "C02TRAINING",
    });
    expect(await told(() => page.getByLabel("Day").fill("2026-12-24"))).toMatchObject({
      selected_date: "2026-12-24",
    });
    expect(await told(() => page.getByLabel("Time", { exact: true }).fill("09:30"))).toMatchObject({
      selected_time: "09:30",
    });
    // Seoul is nine hours ahead of UTC.
    expect(await told(() => page.getByLabel("Date and time").fill("2026-12-24T09:00"))).toMatchObject({
      selected_date_time: Date.UTC(2026, 11, 24) / 1_000,
    });
    expect(await told(() => page.getByRole("checkbox", { name: "Y" }).click())).toMatchObject({
      selected_options: [{ value: "y" }],
    });
    expect(await told(() => page.getByRole("radio", { name: "RIGHT" }).click())).toMatchObject({
      selected_option: { value: "right" },
    });
    expect(await told(() => page.getByRole("button", { name: "Bad" }).click())).toMatchObject({
      value: "bad",
    });
    const last = seen.at(-1)?.state?.values["x"];
    expect(last?.["day"]).toMatchObject({ selected_date: "2026-12-24" });
    expect(last?.["who"]).toMatchObject({ selected_user: "U02LEAD" });
  });

  it("a form sends what was entered, and shows the app's errors at their fields", async () => {
    const { workspace, seen } = await startWithForm(
      [
        input("name", { type: "plain_text_input" }, { optional: false }),
        input("gpus", { type: "number_input", is_decimal_allowed: false, initial_value: "2" }),
        input("note", { type: "plain_text_input", multiline: true }),
        input("tags", { type: "multi_static_select", options: ["a", "b"].map(option) }),
        input("team", { type: "multi_external_select", min_query_length: 0 }),
        input("tell", { type: "multi_users_select" }),
        input("day", { type: "datepicker", initial_date: "2026-01-02" }),
        input("flags", {
          type: "checkboxes",
          options: [option("fast"), option("safe")],
          initial_options: [option("fast")],
        }),
        input("mail", { type: "email_text_input" }),
      ],
      (values) =>
        values["name"]?.["value"]?.["value"] === "taken"
          ? { response_action: "errors", errors: { name: "This name is taken.", gpus: "Too many." } }
          : undefined,
    );
    const page = await workspace.open("sora");
    await write(page, "/train");
    const dialog = page.getByRole("dialog", { name: "A form" });
    await dialog.waitFor();
    const submit = dialog.getByRole("button", { name: "Submit" });
    await submit.click();
    await dialog.getByText("Please complete this required field.").waitFor();
    await dialog.getByLabel("name").fill("taken");
    await submit.click();
    await dialog.getByText("This name is taken.").waitFor();
    await dialog.getByText("Too many.").waitFor();
    expect(await dialog.getByLabel("name").getAttribute("aria-invalid")).toBe("true");
    expect(await page.evaluate("document.activeElement.ariaLabel")).toBe("name");
    await dialog.getByLabel("name").fill("free");
    await dialog.getByLabel("note").fill("two\nlines");
    await pick(page, /^tags/, "A", "B");
    await page.keyboard.press("Escape");
    await pick(page, /^team/, "ALPHA");
    await page.keyboard.press("Escape");
    await pick(page, /^tell/, "Minji Kim");
    await page.keyboard.press("Escape");
    await dialog.getByLabel("day").fill("2026-03-04");
    await dialog.getByRole("checkbox", { name: "SAFE" }).click();
    await dialog.getByLabel("mail").fill("a@example.com");
    await submit.click();
    await dialog.waitFor({ state: "detached" });
    const values = Object.entries(seen.at(-1)?.view?.state.values ?? {}).map(([block, { value }]) => [
      block,
      value,
    ]);
    expect(Object.fromEntries(values)).toMatchObject({
      name: { value: "free" },
      gpus: { value: "2" },
      note: { value: "two\nlines" },
      tags: { selected_options: [{ value: "a" }, { value: "b" }] },
      team: { selected_options: [{ value: "alpha" }] },
      tell: { selected_users: ["U01RESEARCHER"] },
      day: { selected_date: "2026-03-04" },
      flags: { selected_options: [{ value: "fast" }, { value: "safe" }] },
      mail: { value: "a@example.com" },
    });
  });

  it("a form keeps what was entered while the app redraws it, puts another on top, and is closed by Escape", async () => {
    const workspace = await pages.start();
    const closed: string[] = [];
    const blocks = (stage: string) => [
      input(
        "stage",
        { type: "static_select", options: [option("sft"), option("cpt")], initial_option: option("sft") },
        { dispatch_action: true },
      ),
      input("name", { type: "plain_text_input" }),
      { type: "alert", level: "info", text: mrkdwn(`stage *${stage}*`) },
      { type: "actions", elements: [{ type: "button", action_id: "push", text: plain("More"), value: "1" }] },
    ];
    await workspace.connect((app) => {
      app.command("/train", async ({ ack, body, client }) => {
        await ack();
        await client.views.open({ trigger_id: body.trigger_id, view: form(blocks("sft")) });
      });
      app.action("value", async ({ ack, body, client }) => {
        await ack();
        if (body.type === "block_actions" && body.view)
          await client.views.update({ view_id: body.view.id, view: form(blocks("changed")) });
      });
      app.action("push", async ({ ack, body, client }) => {
        await ack();
        if (body.type === "block_actions")
          await client.views.push({
            trigger_id: body.trigger_id,
            view: { ...form([{ type: "section", text: plain("on top") }]), title: plain("Above") },
          });
      });
      app.view({ callback_id: "form", type: "view_closed" }, async ({ ack, view }) => {
        await ack();
        closed.push(view.title.text);
      });
    });
    const page = await workspace.open("sora");
    await write(page, "/train");
    await page.getByLabel("name").fill("kept");
    await pick(page, /^stage/, "CPT");
    await page.getByText("stage changed").waitFor();
    expect(await page.getByLabel("name").inputValue()).toBe("kept");
    expect(await page.getByRole("button", { name: /^stage/ }).textContent()).toContain("CPT");
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("dialog", { name: "Above" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog", { name: "A form" }).waitFor();
    expect(await page.getByLabel("name").inputValue()).toBe("kept");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await soon(() => closed).toEqual(["Above", "A form"]);
  });

  it("a form is filled in and sent with the keyboard alone", async () => {
    const { workspace, seen } = await startWithForm([
      input("name", { type: "plain_text_input" }),
      input("stage", { type: "static_select", options: [option("sft"), option("cpt")] }),
      input("flags", { type: "checkboxes", options: [option("fast")] }),
    ]);
    const page = await workspace.open("sora");
    await page.keyboard.type("/tr");
    await page.getByRole("option", { name: "/train" }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.type("by keys");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.type("cp");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "stage: CPT" }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(seen.at(-1)?.view?.state.values).toMatchObject({
      name: { value: { value: "by keys" } },
      stage: { value: { selected_option: { value: "cpt" } } },
      flags: { value: { selected_options: [{ value: "fast" }] } },
    });
  });

  it("what the app does not acknowledge in time is told to the person, and what was typed is kept", async () => {
    const workspace = await pages.start();
    const page = await workspace.open("sora");
    await write(page, "/train start");
    await page.locator(".toast", { hasText: "dispatch_failed" }).waitFor();
    expect(await page.locator(".composer textarea").inputValue()).toBe("/train start");
    await workspace.connect((app) => app.command("/train", async () => {}));
    await soon(() => page.getByText("The app is connected").count()).toBe(1);
    await page.locator(".composer textarea").press("Enter");
    await page.locator(".toast", { hasText: '/train failed with the error "operation_timeout"' }).waitFor();
  });

  it("the Home follows what the app publishes, and its elements work", async () => {
    const { workspace, seen } = await startWithForm([]);
    const publish = (text: string) =>
      workspace.client().views.publish({
        user_id: "U03OPERATOR",
        view: {
          type: "home",
          blocks: [
            { type: "header", text: plain(text) },
            {
              type: "actions",
              block_id: "h",
              elements: [{ type: "button", action_id: "refresh", value: "1", text: plain("Refresh") }],
            },
          ],
        },
      });
    const page = await workspace.open("sora");
    await page.getByRole("navigation").getByRole("button", { name: "Jibsa" }).click();
    await page.getByRole("tab", { name: "Home" }).click();
    await page.getByText("has not published a Home").waitFor();
    await publish("My runs");
    await page.getByRole("heading", { name: "My runs" }).waitFor();
    await page.getByRole("button", { name: "Refresh" }).click();
    await soon(() => actionOf(seen, 0)?.["action_id"]).toBe("refresh");
    await publish("No runs");
    await page.getByRole("heading", { name: "No runs" }).waitFor();
  });

  it("the traffic inspector shows what the app was told and answered", async () => {
    const { workspace } = await startWithForm([]);
    const page = await workspace.open("sora");
    await page.getByRole("button", { name: "Traffic" }).click();
    await write(page, "/train");
    await page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
    const entry = page.locator(".traffic-entry", { hasText: "views.open" });
    await entry.locator("summary").click();
    await entry.getByText("trigger_id").waitFor();
    expect(await page.locator(".inspector").textContent()).not.toContain(workspace.playground.botToken);
  });
});
