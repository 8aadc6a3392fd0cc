import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, HTTPReceiver } from "@slack/bolt";
import { afterEach, describe, expect, it } from "vitest";
import { driveSlackPlayground, eventually, quietLogger } from "./slack-playground-driver.ts";

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

const button = (action_id: string, value = "1") => ({
  type: "button" as const,
  action_id,
  value,
  text: { type: "plain_text" as const, text: action_id },
});
const form = (extra: object = {}) => ({
  type: "modal" as const,
  callback_id: "start",
  title: { type: "plain_text" as const, text: "Start" },
  submit: { type: "plain_text" as const, text: "Go" },
  blocks: [
    {
      type: "input" as const,
      block_id: "size",
      label: { type: "plain_text" as const, text: "Size" },
      element: { type: "plain_text_input" as const, action_id: "value" },
    },
  ],
  ...extra,
});

describe("a Socket Mode app", () => {
  it("hears a mention in any language and answers in the thread", async () => {
    const driver = await drive();
    await driver.connect((app) => {
      app.event(
        "app_mention",
        async ({ event, say }) => void (await say({ text: `heard: ${event.text}`, thread_ts: event.ts })),
      );
    });

    const said = await driver.post("say", {
      user: "minji",
      channel: "llm-training",
      text: "@jibsa 실패한 학습을 다시 돌리려면? a < b & c",
    });
    const replies = await eventually(async () => {
      const thread = await driver.messages("minji", "#llm-training", String(said["ts"]));
      return thread.length > 1 ? thread : undefined;
    });

    expect(replies[1]).toMatchObject({
      text: "heard: <@U00JIBSA> 실패한 학습을 다시 돌리려면? a &lt; b &amp; c",
      user: "U00JIBSA",
      bot_id: "B00JIBSA",
      thread_ts: said["ts"],
    });
    expect((await driver.messages("junho", "llm-training"))[0]).toMatchObject({
      reply_count: 1,
      reply_users: ["U00JIBSA"],
      user: "U01RESEARCHER",
    });
    expect(await driver.messages("minji", "llm-training")).toHaveLength(1);
  });

  it("answers a command to its sender alone, and the button of that answer replaces it", async () => {
    const driver = await drive();
    await driver.connect((app) => {
      app.command(
        "/train",
        async ({ ack, command }) =>
          await ack({
            text: `you said ${command.text}`,
            blocks: [{ type: "actions", elements: [button("go")] }],
          }),
      );
      app.action("go", async ({ ack, respond, body }) => {
        await ack();
        expect(body).not.toHaveProperty("message");
        await respond({ text: "gone on", replace_original: true });
      });
    });

    const answer = await driver.post("command", {
      user: "minji",
      channel: "llm-training",
      command: "/train",
      text: "start sft",
    });
    expect(answer).toMatchObject({
      ok: true,
      acked: true,
      shown: { text: "you said start sft", is_ephemeral: true },
    });
    const [shown] = await driver.messages("minji", "llm-training");
    expect(await driver.messages("junho", "llm-training")).toEqual([]);
    expect((await driver.client().conversations.history({ channel: "C02TRAINING" })).messages).toEqual([]);

    expect(
      await driver.post("press", { user: "minji", channel: "llm-training", ts: shown?.ts, action_id: "go" }),
    ).toEqual({ ok: true, acked: true });
    const replaced = await eventually(async () =>
      (await driver.messages("minji", "llm-training")).find((message) => message.text === "gone on"),
    );
    expect(replaced.blocks).toBeUndefined();
    expect(
      await driver.post("press", { user: "junho", channel: "llm-training", ts: shown?.ts, action_id: "go" }),
    ).toMatchObject({ ok: false, error: "message_not_found" });
  });

  it("opens a form whose errors and success reach the person", async () => {
    const driver = await drive();
    const closed: string[] = [];
    await driver.connect((app) => {
      app.command("/train", async ({ ack, client, command }) => {
        await ack();
        await client.views.open({ trigger_id: command.trigger_id, view: form({ notify_on_close: true }) });
        const again = await client.views
          .open({ trigger_id: command.trigger_id, view: form() })
          .catch((error: Error) => error.message);
        closed.push(typeof again === "string" ? again : "opened twice");
      });
      app.view("start", async ({ ack, view }) => {
        const size = view.state.values["size"]?.["value"]?.value;
        if (size === "7B") await ack();
        else await ack({ response_action: "errors", errors: { size: `${size} is not a size` } });
      });
      app.view({ callback_id: "start", type: "view_closed" }, async ({ ack, body }) => {
        await ack();
        closed.push(body.type);
      });
    });
    const top = () =>
      eventually(
        async () => ((await driver.get("views", { user: "minji" }))["views"] as { id: string }[])[0],
      );

    await driver.post("command", { user: "minji", channel: "general", command: "/train" });
    const view = await top();
    expect(await driver.post("submit", { user: "minji", view_id: view.id, values: {} })).toMatchObject({
      ok: true,
      acked: false,
      errors: { size: "Please complete this required field." },
    });
    expect(
      await driver.post("submit", { user: "minji", view_id: view.id, values: { size: "70X" } }),
    ).toMatchObject({ ok: true, response_action: "errors", errors: { size: "70X is not a size" } });
    expect(
      await driver.post("submit", { user: "minji", view_id: view.id, values: { size: { value: "7B" } } }),
    ).toEqual({ ok: true, acked: true });
    expect((await driver.get("views", { user: "minji" }))["views"]).toEqual([]);
    expect(await driver.post("submit", { user: "minji", values: { size: "7B" } })).toMatchObject({
      ok: false,
      error: "view_not_found",
    });

    await driver.post("command", { user: "minji", channel: "general", command: "/train" });
    await driver.post("close", { user: "minji", view_id: (await top()).id });
    expect(closed).toEqual([
      expect.stringContaining("exchanged_trigger_id"),
      expect.stringContaining("exchanged_trigger_id"),
      "view_closed",
    ]);
  });

  it("streams an answer, within Slack's rules", async () => {
    const driver = await drive();
    const client = driver.client();
    const { ts } = await driver.post("say", { user: "minji", channel: "general", text: "question" });
    const thread_ts = String(ts);
    const place = { channel: "C01GENERAL", thread_ts };
    await expect(client.chat.startStream(place)).rejects.toThrow("missing_recipient_user_id");

    const streamer = client.chatStream({
      ...place,
      recipient_user_id: "U01RESEARCHER",
      recipient_team_id: "T00JIBSA",
      buffer_size: 1,
    });
    await streamer.append({
      chunks: [{ type: "task_update", id: "s", title: "Searching", status: "in_progress" }],
    });
    await streamer.append({ markdown_text: "**안녕** " });
    await expect(
      client.chat.update({ channel: "C01GENERAL", ts: String(streamer.ts), text: "x" }),
    ).rejects.toThrow("streaming_state_conflict");
    await streamer.append({
      markdown_text: "world",
      chunks: [{ type: "task_update", id: "s", title: "Searched", status: "complete" }],
    });
    await streamer.stop({ blocks: [{ type: "actions", elements: [button("like")] }] });

    const message = (await driver.messages("minji", "general", thread_ts))[1];
    expect(message?.text).toBe("**안녕** world");
    expect(message?.["streaming_state"]).toBe("completed");
    expect(message?.blocks?.map((block) => block["type"])).toEqual(["task_card", "markdown", "actions"]);
    await expect(
      client.chat.appendStream({ channel: "C01GENERAL", ts: String(streamer.ts), markdown_text: "late" }),
    ).rejects.toThrow("message_not_in_streaming_state");
    await expect(
      client.chat.startStream({
        ...place,
        markdown_text: "x".repeat(12_001),
        recipient_user_id: "U01RESEARCHER",
        recipient_team_id: "T00JIBSA",
      }),
    ).rejects.toThrow("msg_too_long");
  });

  it("gets each payload on exactly one of its connections, and the next when one is gone", async () => {
    const driver = await drive({ eventRetryDelaysMs: [0, 10, 10] });
    const heard: string[] = [];
    const listen = (name: string) => (app: App) =>
      app.message(async ({ message }) => void heard.push(`${name} ${"text" in message ? message.text : ""}`));
    const first = await driver.connect(listen("first"));
    await driver.connect(listen("second"));

    for (const text of ["1", "2", "3", "4"])
      await driver.post("say", { user: "sora", channel: "mlops-alerts", text });
    await eventually(() => (heard.length === 4 ? heard : undefined));
    expect(heard.map((item) => item.split(" ")[1]).toSorted((a, b) => Number(a) - Number(b))).toEqual([
      "1",
      "2",
      "3",
      "4",
    ]);
    expect(new Set(heard.map((item) => item.split(" ")[0])).size).toBe(2);

    await first.stop();
    for (const text of ["5", "6"]) await driver.post("say", { user: "sora", channel: "mlops-alerts", text });
    await eventually(() => (heard.filter((item) => /[56]$/.test(item)).length >= 2 ? heard : undefined));
  });

  it("gets what was said before it came", async () => {
    const driver = await drive();
    await driver.post("say", { user: "minji", channel: "@jibsa", text: "are you there?" });
    const heard: string[] = [];
    await driver.connect((app) =>
      app.message(async ({ message }) => void heard.push(`${message.channel_type} ${message.channel}`)),
    );
    await eventually(() => heard[0]);
    expect(heard).toEqual(["im D01RESEARCHER"]);
  });
});

describe("what goes wrong", () => {
  it("shows the person that a command was not taken", async () => {
    const driver = await drive();
    expect(await driver.post("command", { user: "minji", channel: "general", command: "/train" })).toEqual({
      ok: false,
      acked: false,
      error: "dispatch_failed",
    });
    await driver.connect();
    await driver.post("faults", { event: "/train", kind: "lose-answer" });
    await driver.connect((app) => app.command("/train", ({ ack }) => ack("fine")));
    const notices = await pageEvents(driver, "minji", "notice");
    expect(
      await driver.post("command", { user: "minji", channel: "general", command: "train" }),
    ).toMatchObject({ ok: false, error: "operation_timeout" });
    expect(await notices.next()).toMatchObject({ error: "operation_timeout" });
  });

  it("posts although the answer is lost, and limits, fails and delays on demand", async () => {
    const driver = await drive();
    const client = driver.client();
    const send = (text: string) => client.chat.postMessage({ channel: "C01GENERAL", text });
    await driver.post("faults", { method: "chat.postMessage", kind: "lose-answer" });
    await expect(send("one")).rejects.toThrow();
    expect((await driver.messages("sora", "general")).map((message) => message.text)).toEqual(["one"]);

    await driver.post("faults", { method: "chat.postMessage", kind: "rate-limit", retryAfterS: 7 });
    await expect(send("two")).rejects.toMatchObject({ retryAfter: 7 });
    await driver.post("faults", { method: "chat.postMessage", kind: "error", error: "fatal_error" });
    await expect(send("three")).rejects.toThrow("fatal_error");
    await driver.post("faults", { method: "chat.postMessage", kind: "disconnect" });
    await expect(send("four")).rejects.toThrow();
    await driver.post("faults", { method: "chat.postMessage", kind: "delay", delayMs: 20 });
    await send("five");
    expect((await driver.messages("sora", "general")).map((message) => message.text)).toEqual([
      "one",
      "five",
    ]);
    expect(await driver.post("faults", { method: "chat.postMessage", kind: "magic" })).toMatchObject({
      ok: false,
      error: "invalid_fault",
    });
  });

  it("repeats an event whose answer was lost with the same id, and brings duplicates", async () => {
    const driver = await drive({ eventRetryDelaysMs: [0] });
    const heard: { id: string; retry: number | undefined }[] = [];
    await driver.connect((app) => {
      app.use(async ({ body, context, next }) => {
        if ("event_id" in body) heard.push({ id: String(body["event_id"]), retry: context.retryNum });
        await next();
      });
      app.message(async () => {});
    });
    await driver.post("faults", { event: "message", kind: "lose-answer" });
    await driver.post("say", { user: "minji", channel: "general", text: "one" });
    await eventually(() => (heard.length === 2 ? heard : undefined));
    expect(heard[1]).toEqual({ id: heard[0]?.id, retry: 1 });

    await driver.post("faults", { event: "events_api", kind: "duplicate" });
    await driver.post("say", { user: "minji", channel: "general", text: "two" });
    await eventually(() => (heard.length === 4 ? heard : undefined));
    expect(heard[3]?.id).toBe(heard[2]?.id);
  });
});

describe("an HTTP app", () => {
  it("gets signed requests and is repeated to when it fails", async () => {
    const listener = createServer();
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    const { port } = listener.address() as AddressInfo;
    const driver = await drive({
      appHttpUrl: `http://127.0.0.1:${port}/slack/events`,
      eventRetryDelaysMs: [0],
    });
    const receiver = new HTTPReceiver({
      signingSecret: driver.playground.signingSecret,
      logger: quietLogger,
    });
    const app = new App({
      token: driver.playground.botToken,
      receiver,
      clientOptions: { slackApiUrl: driver.playground.apiUrl },
      logger: quietLogger,
    });
    const retries: (string | undefined)[] = [];
    let failures = 1;
    listener.on("request", (request, response) => {
      if (request.headers["content-type"] === "application/json")
        retries.push(request.headers["x-slack-retry-num"] as string | undefined);
      if (request.headers["content-type"] === "application/json" && failures-- > 0) {
        response.writeHead(500).end();
        return;
      }
      receiver.requestListener(request, response);
    });
    app.event(
      "app_mention",
      async ({ event, say }) => void (await say({ text: "hello", thread_ts: event.ts })),
    );
    app.command("/train", ({ ack }) => ack({ response_type: "in_channel", text: "for all" }));

    expect(
      await driver.post("command", { user: "minji", channel: "general", command: "/train" }),
    ).toMatchObject({ ok: true, shown: { text: "for all" } });
    const said = await driver.post("say", { user: "junho", channel: "general", text: "hi @jibsa." });
    await eventually(async () => (await driver.messages("minji", "general", String(said["ts"])))[1]);
    expect(retries).toContain("1");
    expect(
      await driver
        .client(driver.playground.appToken)
        .apps.connections.open()
        .catch((error: Error) => error.message),
    ).toContain("socket_mode_disabled");
    listener.closeAllConnections();
    listener.close();
  });
});

it("comes back with its messages, open forms, files and tokens after it was killed", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "slack-playground-"));
  try {
    const before = await driveSlackPlayground({ dataDir });
    const client = before.client();
    const posted = await client.chat.postMessage({
      channel: "general",
      text: "kept",
      metadata: { event_type: "run", event_payload: { id: 1 } },
    });
    await client.filesUploadV2({ channel_id: "C01GENERAL", filename: "train.log", content: "loss 1.2\n" });
    const shared = await eventually(async () =>
      (await before.messages("minji", "general")).find((message) => message["files"]),
    );
    await client.views.publish({
      user_id: "U01RESEARCHER",
      view: { type: "home", blocks: [{ type: "divider" }] },
    });

    const after = await driveSlackPlayground({ dataDir });
    open.push(after);
    expect(after.playground.botToken).toBe(before.playground.botToken);
    const history = await after
      .client()
      .conversations.history({ channel: "C01GENERAL", include_all_metadata: true });
    expect(history.messages?.[1]).toMatchObject({
      ts: posted.ts,
      text: "kept",
      metadata: { event_type: "run" },
    });
    expect((await after.get("views", { user: "minji" }))["home"]).toMatchObject({ type: "home" });
    const [file] = shared["files"] as { id: string }[];
    expect(await (await fetch(`${after.playground.url}/_page/files/${file?.id}`)).text()).toBe("loss 1.2\n");
    expect((await after.client().files.info({ file: String(file?.id) })).file).toMatchObject({
      name: "train.log",
      channels: ["C01GENERAL"],
    });
    await before.close();
  } finally {
    for (const driver of open.splice(0)) await driver.close();
    rmSync(dataDir, { recursive: true });
  }
});

/** The page's event stream, one kind of event. */
async function pageEvents(driver: Driver, user: string, type: string) {
  const response = await fetch(`${driver.playground.url}/_page/events?user=${user}`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    next: async (): Promise<unknown> => {
      for (;;) {
        const match = new RegExp(`event: ${type}\ndata: (.*)\n\n`).exec(text);
        if (match) return JSON.parse(match[1] ?? "null");
        const read = await reader?.read();
        if (!read || read.done) return undefined;
        text += read.value;
      }
    },
  };
}
