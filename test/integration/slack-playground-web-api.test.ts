import { assert as check, asyncProperty, constantFrom, dictionary, jsonValue, string } from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { driveSlackPlayground } from "./slack-playground-driver.ts";
import { webMethods } from "#src/playground/slack/web-api/registry.ts";

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

const section = (text: string) => ({ type: "section" as const, text: { type: "mrkdwn" as const, text } });
const home = (text: string) => ({ type: "home" as const, blocks: [section(text)] });
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => "ok",
    (error: unknown) =>
      error instanceof Error && "data" in error ? (error.data as { error: string }).error : String(error),
  );

describe("the Web API", () => {
  it("wants a good token of the right kind and a method that exists", async () => {
    const driver = await drive();
    const call = async (method: string, headers: Record<string, string> = {}, body = "") =>
      (await (
        await fetch(`${driver.playground.apiUrl}${method}`, { method: "POST", headers, body })
      ).json()) as { error?: string };
    const bearer = { authorization: `Bearer ${driver.playground.botToken}` };
    const form = { "content-type": "application/x-www-form-urlencoded" };
    expect((await call("auth.test")).error).toBe("not_authed");
    expect((await call("auth.test", { authorization: "Bearer xoxb-wrong" })).error).toBe("invalid_auth");
    expect((await call("apps.connections.open", bearer)).error).toBe("not_allowed_token_type");
    expect((await call("chat.shout", bearer)).error).toBe("unknown_method");
    expect((await call("constructor", bearer)).error).toBe("unknown_method");
    expect(await call("auth.test", form, `token=${driver.playground.botToken}`)).toMatchObject({
      ok: true,
      user_id: "U00JIBSA",
      bot_id: "B00JIBSA",
      team_id: "T00JIBSA",
    });
    expect(
      (await call("chat.postMessage", { ...bearer, "content-type": "application/json" }, "{")).error,
    ).toBe("invalid_json");
    expect(
      await call(
        "chat.postMessage",
        { ...bearer, "content-type": "application/json" },
        JSON.stringify({ channel: "C01GENERAL", blocks: [section("x")] }),
      ),
    ).toMatchObject({ ok: true });
  });

  it("refuses what Slack refuses, in its words", async () => {
    const driver = await drive();
    const client = driver.client();
    const channel = "C01GENERAL";
    const { ts } = await driver.post("say", { user: "minji", channel, text: "mine" });
    const theirs = String(ts);
    await driver.post("kick", { channel: "mlops-alerts", user: "jibsa" });
    expect(await failure(client.chat.postMessage({ channel, text: "" }))).toBe("no_text");
    expect(await failure(client.chat.postMessage({ channel: "C09NOWHERE", text: "x" }))).toBe(
      "channel_not_found",
    );
    expect(await failure(client.chat.postMessage({ channel: "C03ALERTS", text: "x" }))).toBe(
      "not_in_channel",
    );
    expect(await failure(client.chat.postMessage({ channel, text: "x", thread_ts: "1.000001" }))).toBe(
      "thread_not_found",
    );
    expect(await failure(client.chat.update({ channel, ts: theirs, text: "x" }))).toBe("cant_update_message");
    expect(await failure(client.chat.delete({ channel, ts: theirs }))).toBe("cant_delete_message");
    expect(await failure(client.chat.update({ channel, ts: "1.000001", text: "x" }))).toBe(
      "message_not_found",
    );
    expect(
      await failure(client.chat.postEphemeral({ channel: "C03ALERTS", user: "U04GUEST", text: "x" })),
    ).toBe("not_in_channel");
    expect(await failure(client.conversations.replies({ channel, ts: "1.000001" }))).toBe("thread_not_found");
    expect(await failure(client.users.info({ user: "U99NOBODY" }))).toBe("user_not_found");
    expect(await failure(client.users.lookupByEmail({ email: "nobody@example.com" }))).toBe(
      "users_not_found",
    );
    expect(await failure(client.conversations.list({ cursor: "bm9uc2Vuc2U=" }))).toBe("invalid_cursor");
    expect(await failure(client.reactions.remove({ channel, timestamp: theirs, name: "eyes" }))).toBe(
      "no_reaction",
    );
    expect(await failure(client.usergroups.users.list({ usergroup: "S99" }))).toBe("no_such_subteam");
    const refused = await client.chat
      .postMessage({ channel, blocks: [section("x".repeat(3_001))] })
      .catch((error: { data: unknown }) => error.data);
    expect(refused).toMatchObject({
      error: "invalid_blocks",
      response_metadata: {
        messages: ["[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"],
      },
    });
  });

  it("pages, filters by time and keeps replies and ephemerals out of history", async () => {
    const driver = await drive();
    const client = driver.client();
    const channel = "C02TRAINING";
    const sent: string[] = [];
    for (const text of ["1", "2", "3", "4", "5"])
      sent.push(String((await client.chat.postMessage({ channel, text })).ts));
    await client.chat.postMessage({ channel, text: "reply", thread_ts: String(sent[0]) });
    await client.chat.postMessage({
      channel,
      text: "told all",
      thread_ts: String(sent[0]),
      reply_broadcast: true,
    });
    await client.chat.postEphemeral({ channel, user: "U01RESEARCHER", text: "secret" });

    const texts: string[] = [];
    for await (const page of client.paginate("conversations.history", { channel, limit: 2 })) {
      for (const message of (page as { messages?: { text?: string }[] }).messages ?? [])
        texts.push(message.text ?? "");
    }
    expect(texts).toEqual(["told all", "5", "4", "3", "2", "1"]);
    const between = await client.conversations.history({ channel, oldest: sent[1], latest: sent[3] });
    expect(between.messages?.map((message) => message.text)).toEqual(["3"]);
    const inclusive = await client.conversations.history({
      channel,
      oldest: sent[1],
      latest: sent[3],
      inclusive: true,
    });
    expect(inclusive.messages?.map((message) => message.text)).toEqual(["4", "3", "2"]);
    const thread = await client.conversations.replies({ channel, ts: String(sent[0]) });
    expect(thread.messages?.map((message) => message.text)).toEqual(["1", "reply", "told all"]);
    expect(thread.messages?.[0]).toMatchObject({ reply_count: 2 });
    const seen = await driver.messages("minji", channel);
    expect(seen.map((message) => message.text)).toEqual(["1", "2", "3", "4", "5", "told all", "secret"]);
    expect((await driver.messages("sora", channel)).map((message) => message.text)).not.toContain("secret");
  });

  it("tells who people are, with language, zone and rights", async () => {
    const driver = await drive();
    const client = driver.client();
    expect((await client.users.info({ user: "U01RESEARCHER", include_locale: true })).user).toMatchObject({
      name: "minji",
      locale: "ko-KR",
      tz: "Asia/Seoul",
      tz_offset: 32_400,
      is_restricted: false,
      profile: { email: "minji@example.com" },
    });
    expect((await client.users.lookupByEmail({ email: "guest@example.com" })).user).toMatchObject({
      id: "U04GUEST",
      is_restricted: true,
      deleted: false,
    });
    await driver.post("person", { user: "sora", deactivated: true });
    expect((await client.users.info({ user: "U03OPERATOR" })).user).toMatchObject({ deleted: true });
    expect(await driver.post("say", { user: "sora", channel: "general", text: "x" })).toMatchObject({
      ok: false,
      error: "account_inactive",
    });
    expect((await client.usergroups.users.list({ usergroup: "S01RESEARCHERS" })).users).toEqual([
      "U01RESEARCHER",
      "U02LEAD",
    ]);
    expect((await client.conversations.open({ users: "U02LEAD" })).channel).toEqual({ id: "D02LEAD" });
    expect((await driver.get("people"))["people"]).toMatchObject([
      { id: "U01RESEARCHER", name: "minji", title: "Researcher" },
      { id: "U02LEAD", title: "Team lead" },
      { id: "U03OPERATOR", title: "MLOps operator" },
      { id: "U04GUEST", title: "Guest" },
    ]);
  });

  it("keeps one Home with its id, and refuses an outdated hash", async () => {
    const client = (await drive()).client();
    const first = await client.views.publish({ user_id: "U01RESEARCHER", view: home("one") });
    const second = await client.views.publish({
      user_id: "U01RESEARCHER",
      view: home("two"),
      hash: first.view?.hash ?? "",
    });
    expect(second.view?.id).toBe(first.view?.id);
    expect(
      await failure(
        client.views.publish({ user_id: "U01RESEARCHER", view: home("three"), hash: first.view?.hash ?? "" }),
      ),
    ).toBe("hash_conflict");
    expect(
      await failure(
        client.views.open({
          trigger_id: "1.2",
          view: { type: "modal", title: { type: "plain_text", text: "x" }, blocks: [section("x")] },
        }),
      ),
    ).toBe("invalid_trigger_id");
    expect(await failure(client.views.update({ view_id: "V1", view: home("x") }))).toBe("not_found");
  });

  it("limits the pace by tier, with Retry-After", async () => {
    const client = (await drive({ rateLimits: true })).client();
    const calls = Array.from({ length: 21 }, () =>
      client.conversations.list().then(
        () => "ok",
        (error: { retryAfter?: number }) => error.retryAfter,
      ),
    );
    expect((await Promise.all(calls)).filter((outcome) => outcome !== "ok")).toEqual([3]);
  });

  it("answers every method with JSON, whatever it is sent", async () => {
    const driver = await drive();
    const names = constantFrom(
      "channel",
      "ts",
      "thread_ts",
      "text",
      "blocks",
      "view",
      "user",
      "chunks",
      "files",
      "prompts",
      "cursor",
      "limit",
      "metadata",
      "trigger_id",
      "channel_id",
      "message_ts",
      "post_at",
    );
    const values = constantFrom(
      "C01GENERAL",
      "U01RESEARCHER",
      "1",
      "-1",
      "[]",
      "{}",
      "[[]]",
      "null",
      '{"type":"modal","blocks":[]}',
    );
    await check(
      asyncProperty(
        constantFrom(...Object.keys(webMethods)),
        dictionary(names, jsonValue()),
        dictionary(names, values),
        dictionary(string(), string()),
        async (method, json, known, other) => {
          const headers = {
            authorization: `Bearer ${driver.playground.botToken}`,
            "content-type": "application/json",
          };
          const response = await fetch(`${driver.playground.apiUrl}${method}`, {
            method: "POST",
            headers,
            body: JSON.stringify({ ...other, ...json, ...known }),
          });
          const body = (await response.json()) as { ok: boolean; error?: string };
          expect([true, false]).toContain(body.ok);
          expect(body.error).not.toBe("internal_error");
        },
      ),
      { numRuns: 400 },
    );
    expect(await driver.client().api.test()).toMatchObject({ ok: true });
  });
});
