import { request } from "node:http";
import { WebSocket } from "ws";
import { afterEach, describe, expect, it } from "vitest";
import { driveSlackPlayground, eventually } from "./slack-playground-driver.ts";

type Driver = Awaited<ReturnType<typeof driveSlackPlayground>>;
const open: Driver[] = [];
const drive = async (options: Parameters<typeof driveSlackPlayground>[0] = {}) => {
  const driver = await driveSlackPlayground(options);
  open.push(driver);
  return driver;
};
afterEach(async () => {
  for (const driver of open.splice(0)) await driver.close();
});

const option = (value: string) => ({
  text: { type: "plain_text" as const, text: value.toUpperCase() },
  value,
});

describe("people", () => {
  it("choose in menus, and each press tells the app everything it needs", async () => {
    const driver = await drive();
    const bodies: Record<string, unknown>[] = [];
    await driver.connect((app) => {
      app.action(/.*/, async ({ ack, body }) => {
        await ack();
        bodies.push({ ...body });
      });
      app.options("team", ({ ack, payload }) =>
        ack({ options: [option(`${payload.value}-1`), option(`${payload.value}-2`)] }),
      );
      app.shortcut("explain", async ({ ack, shortcut }) => {
        await ack();
        bodies.push({ ...shortcut });
      });
    });
    const { ts } = await driver.client().chat.postMessage({
      channel: "C01GENERAL",
      text: "menus",
      blocks: [
        {
          type: "actions",
          block_id: "a",
          elements: [
            { type: "static_select", action_id: "size", options: [option("7b"), option("70b")] },
            { type: "overflow", action_id: "more", options: [option("logs"), option("cancel")] },
          ],
        },
        {
          type: "actions",
          block_id: "b",
          elements: [
            { type: "external_select", action_id: "team", min_query_length: 0 },
            { type: "users_select", action_id: "who" },
          ],
        },
        {
          type: "context_actions",
          block_id: "c",
          elements: [
            {
              type: "feedback_buttons",
              action_id: "feedback",
              positive_button: { text: { type: "plain_text", text: "Good" }, value: "good" },
              negative_button: { text: { type: "plain_text", text: "Bad" }, value: "bad" },
            },
          ],
        },
        {
          type: "section",
          block_id: "d",
          text: { type: "mrkdwn", text: "x" },
          accessory: {
            type: "button",
            action_id: "go",
            value: "1",
            text: { type: "plain_text", text: "Go" },
          },
        },
        {
          type: "section",
          block_id: "e",
          text: { type: "mrkdwn", text: "x" },
          accessory: {
            type: "button",
            action_id: "go",
            value: "2",
            text: { type: "plain_text", text: "Go" },
          },
        },
      ],
    });
    const press = (extra: object) =>
      driver.post("press", { user: "minji", channel: "general", ts, ...extra });

    expect(await press({ action_id: "size", selected: "70b" })).toEqual({ ok: true, acked: true });
    await press({ action_id: "more", selected: "cancel" });
    await press({ action_id: "team", selected: "ml-2" }).then((answer) =>
      expect(answer).toMatchObject({ ok: false, error: "invalid_selection" }),
    );
    expect(
      await driver.post("suggest", { user: "minji", channel: "general", ts, action_id: "team", value: "ml" }),
    ).toMatchObject({ options: [{ value: "ml-1" }, { value: "ml-2" }] });
    await press({ action_id: "who", selected: "junho" });
    await press({ action_id: "feedback", value: "bad" });
    expect(await press({ action_id: "go" })).toMatchObject({ ok: false, error: "ambiguous_action" });
    await press({ action_id: "go", value: "2" });
    expect(await press({ action_id: "nothing" })).toMatchObject({
      ok: false,
      error: "action_not_found",
      message: expect.stringContaining("size"),
    });
    expect(await press({ action_id: "size", selected: "9b" })).toMatchObject({
      ok: false,
      message: expect.stringContaining("7b, 70b"),
    });
    await driver.post("shortcut", { user: "minji", callback_id: "explain", channel: "general", ts });

    const actions = bodies.map((body) => (body["actions"] as Record<string, unknown>[] | undefined)?.[0]);
    expect(actions[0]).toMatchObject({
      type: "static_select",
      block_id: "a",
      selected_option: option("70b"),
    });
    expect(actions[1]).toMatchObject({ type: "overflow", selected_option: option("cancel") });
    expect(actions[2]).toMatchObject({ selected_user: "U02LEAD" });
    expect(actions[3]).toMatchObject({ type: "feedback_buttons", value: "bad" });
    expect(actions[4]).toMatchObject({ block_id: "e", value: "2" });
    expect(bodies[4]).toMatchObject({
      container: { type: "message", message_ts: ts },
      channel: { id: "C01GENERAL", name: "general" },
      state: {
        values: { a: { size: { selected_option: option("70b") } }, b: { who: { selected_user: "U02LEAD" } } },
      },
    });
    expect(bodies[5]).toMatchObject({
      type: "message_action",
      callback_id: "explain",
      message: { text: "menus" },
    });
  });

  it("are told what is wrong with a request, by name", async () => {
    const { post, get, playground } = await drive();
    expect(await post("say", { user: "bob", channel: "general", text: "x" })).toMatchObject({
      ok: false,
      error: "user_not_found",
      message: expect.stringContaining("minji (U01RESEARCHER)"),
    });
    expect(await post("say", { user: "minji", channel: "random", text: "x" })).toMatchObject({
      error: "channel_not_found",
      message: expect.stringContaining("llm-training"),
    });
    expect(await post("say", { user: "guest", channel: "mlops-alerts", text: "x" })).toMatchObject({
      error: "not_in_channel",
    });
    expect(await post("say", { user: "minji", channel: "D02LEAD", text: "x" })).toMatchObject({
      error: "channel_not_found",
    });
    expect(await post("say", { user: "minji", channel: "general", text: "  " })).toMatchObject({
      error: "invalid_arguments",
      message: expect.stringContaining("text"),
    });
    expect(
      await post("command", { user: "minji", channel: "general", command: "/train", thread_ts: "1.000001" }),
    ).toMatchObject({ error: "not_supported_in_threads" });
    expect(await post("fly", {})).toMatchObject({ error: "unknown_route" });
    expect(await get("messages", { user: "guest", channel: "mlops-alerts" })).toMatchObject({
      error: "not_in_channel",
    });
    expect(
      await (await fetch(`${playground.url}/_control/say`, { method: "POST", body: "{" })).json(),
    ).toMatchObject({ error: "invalid_json" });
    expect(
      (await fetch(`${playground.url}/_control/say`, { method: "POST", body: "x".repeat(2_000_000) })).status,
    ).toBe(413);
  });

  it("cause the events that Slack sends", async () => {
    const driver = await drive();
    const events: Record<string, unknown>[] = [];
    await driver.connect((app) => {
      for (const type of [
        "reaction_added",
        "member_joined_channel",
        "subteam_members_changed",
        "app_home_opened",
        "agent_session_stopped",
        "assistant_thread_started",
        "message",
      ] as const) {
        app.event(type, async ({ event }) => void events.push({ ...event }));
      }
    });
    const { ts } = await driver.post("say", { user: "minji", channel: "general", text: "first" });
    await driver.post("react", { user: "junho", channel: "general", ts, name: "eyes" });
    await driver.post("edit", { user: "minji", channel: "general", ts, text: "second" });
    await driver.post("delete", { user: "minji", channel: "general", ts });
    await driver.post("invite", { channel: "mlops-alerts", user: "guest" });
    await driver.post("group", { group: "ml-leads", users: ["junho", "sora"] });
    await driver.post("home", { user: "minji" });
    await driver.post("home", { user: "minji", tab: "messages" });
    const thread = await driver.post("assistant", { user: "minji", channel: "general" });
    await driver.post("stop", { user: "minji", channel: "@jibsa", thread_ts: thread["thread_ts"] });
    await eventually(() =>
      events.some((event) => event["type"] === "agent_session_stopped") && events.length >= 10
        ? events
        : undefined,
    );

    expect(events).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          type: "message",
          text: "first",
          user: "U01RESEARCHER",
          channel_type: "channel",
        }),
        expect.objectContaining({
          type: "reaction_added",
          reaction: "eyes",
          item: { type: "message", channel: "C01GENERAL", ts },
        }),
        expect.objectContaining({
          subtype: "message_changed",
          message: expect.objectContaining({ text: "second" }),
        }),
        expect.objectContaining({ subtype: "message_deleted", deleted_ts: ts }),
        expect.objectContaining({ type: "member_joined_channel", user: "U04GUEST", channel: "C03ALERTS" }),
        expect.objectContaining({
          type: "subteam_members_changed",
          subteam_id: "S02LEADS",
          added_users: ["U03OPERATOR"],
        }),
        expect.objectContaining({
          type: "app_home_opened",
          tab: "home",
          user: "U01RESEARCHER",
          channel: "D01RESEARCHER",
        }),
        expect.objectContaining({ type: "app_home_opened", tab: "messages" }),
        expect.objectContaining({
          type: "assistant_thread_started",
          assistant_thread: expect.objectContaining({
            user_id: "U01RESEARCHER",
            channel_id: "D01RESEARCHER",
          }),
        }),
        expect.objectContaining({ type: "agent_session_stopped", thread_ts: thread["thread_ts"] }),
      ]),
    );
  });
});

describe("response_url", () => {
  it("works five times", async () => {
    const driver = await drive();
    let url = "";
    await driver.connect((app) =>
      app.command("/train", async ({ ack, command }) => {
        url = command.response_url;
        await ack();
      }),
    );
    expect(await driver.post("command", { user: "minji", channel: "general", command: "/train" })).toEqual({
      ok: true,
      acked: true,
      shown: null,
    });
    const respond = async (body: object) =>
      (await fetch(url, { method: "POST", body: JSON.stringify(body) })).status;
    expect(await respond({ text: "for me" })).toBe(200);
    expect(await respond({ text: "for all", response_type: "in_channel" })).toBe(200);
    expect(await respond({ blocks: [{ type: "teapot" }] })).toBe(400);
    expect(await respond({})).toBe(400);
    expect(await respond({ text: "5" })).toBe(200);
    expect(await respond({ text: "6" })).toBe(404);
    expect((await driver.messages("junho", "general")).map((message) => message.text)).toEqual(["for all"]);
    expect((await driver.messages("minji", "general")).map((message) => message.text)).toEqual([
      "for me",
      "for all",
      "5",
    ]);
  });
});

describe("the door", () => {
  const get = (url: string, headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      request(url, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on("error", reject)
        .end();
    });

  it("is closed to other hosts, other origins and forged tickets", async () => {
    const { playground } = await drive();
    expect(await get(playground.url, {})).toBe(200);
    expect(await get(playground.url, { host: "evil.example" })).toBe(403);
    expect(await get(`${playground.url}/_control/people`, { origin: "https://evil.example" })).toBe(403);
    const socket = new WebSocket(`${playground.url.replace("http", "ws")}/link/?ticket=forged`);
    expect(await new Promise((resolve) => socket.on("error", (error) => resolve(error.message)))).toContain(
      "403",
    );
  });

  it("serves the page's own files, with a policy, and permalinks", async () => {
    const assets = {
      html: "<!doctype html><title>x</title>",
      files: new Map([["/page.js", { type: "text/javascript", body: "1" }]]),
    };
    const { playground, client, messages } = await drive({ assets });
    const root = await fetch(playground.url);
    expect(root.headers.get("content-security-policy")).toContain("default-src 'self'");
    expect(await root.text()).toContain("<title>");
    expect((await fetch(`${playground.url}/page.js`)).headers.get("content-type")).toBe("text/javascript");
    expect((await fetch(`${playground.url}/../secrets.json`)).status).toBe(404);
    const posted = await client().chat.postMessage({ channel: "general", text: "x" });
    const { permalink } = await client().chat.getPermalink({
      channel: "C01GENERAL",
      message_ts: String(posted.ts),
    });
    expect((await fetch(String(permalink))).status).toBe(200);
    expect(await messages("minji", "general")).toHaveLength(1);
    expect(await (await fetch(`${playground.url}/_page/state?user=minji`)).json()).toMatchObject({
      ok: true,
      me: "U01RESEARCHER",
      channels: [{ name: "general" }, {}, {}, { is_im: true }],
      commands: [
        { command: "/ask" },
        { command: "/train" },
        { command: "/cluster" },
        { command: "/docs" },
        { command: "/jibsa" },
      ],
    });
  });

  it("shows no token in its traffic", async () => {
    const { playground, get: look, client } = await drive();
    await client().apiCall("auth.test", { token: playground.botToken });
    const traffic = JSON.stringify(await look("traffic"));
    expect(traffic).toContain("auth.test");
    for (const secret of [playground.botToken, playground.appToken, playground.signingSecret])
      expect(traffic).not.toContain(secret);
  });
});
