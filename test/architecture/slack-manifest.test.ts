import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { NEEDED_SCOPES } from "#src/cli/doctor/check-slack.ts";
import { readInbound } from "#src/bot/inbound/delivery.ts";
import { parseCommand } from "#src/bot/commands/parse-command.ts";
import { en } from "#src/bot/texts/en.ts";
import { ko } from "#src/bot/texts/ko.ts";
import { PROJECT, readFiles } from "./source-files.ts";

/** What a bot token needs, https://docs.slack.dev/reference/methods. A method that is not here is a failing test. */
const SCOPES_OF_METHODS: Readonly<Record<string, readonly string[]>> = {
  "assistant.threads.setStatus": ["chat:write"],
  "assistant.threads.setSuggestedPrompts": ["assistant:write"],
  "auth.test": [],
  "chat.appendStream": ["chat:write"],
  "chat.delete": ["chat:write"],
  "chat.getPermalink": [],
  "chat.postEphemeral": ["chat:write"],
  "chat.postMessage": ["chat:write"],
  "chat.startStream": ["chat:write"],
  "chat.stopStream": ["chat:write"],
  "chat.update": ["chat:write"],
  "conversations.info": ["channels:read", "groups:read", "mpim:read"],
  "conversations.members": ["channels:read", "groups:read", "mpim:read"],
  "conversations.history": ["channels:history", "groups:history", "im:history", "mpim:history"],
  "conversations.open": ["im:write"],
  "conversations.replies": ["channels:history", "groups:history", "im:history", "mpim:history"],
  "files.completeUploadExternal": ["files:write"],
  "files.getUploadURLExternal": ["files:write"],
  "files.info": ["files:read"],
  "usergroups.list": ["usergroups:read"],
  "users.list": ["users:read", "users:read.email"],
  "users.info": ["users:read", "users:read.email"],
  "views.open": [],
  "views.publish": [],
  "views.update": [],
};

/** The events that might be handled, the scopes that their subscription needs, and a payload of each. */
const EVENTS: Readonly<Record<string, { scopes: readonly string[]; event: object }>> = {
  app_home_opened: { scopes: [], event: { type: "app_home_opened", tab: "home" } },
  app_mention: { scopes: ["app_mentions:read"], event: { type: "app_mention" } },
  assistant_thread_started: { scopes: ["assistant:write"], event: { type: "assistant_thread_started" } },
  "message.channels": {
    scopes: ["channels:history"],
    event: { type: "message", channel_type: "channel", thread_ts: "1.1" },
  },
  "message.groups": {
    scopes: ["groups:history"],
    event: { type: "message", channel_type: "group", thread_ts: "1.1" },
  },
  "message.im": { scopes: ["im:history"], event: { type: "message", channel_type: "im", channel: "D1" } },
  "message.mpim": { scopes: ["mpim:history"], event: { type: "message", channel_type: "mpim" } },
  reaction_added: { scopes: ["reactions:read"], event: { type: "reaction_added" } },
};

interface Manifest {
  display_information: { name: string; description: string };
  features: {
    app_home: Record<string, boolean>;
    bot_user: { display_name: string };
    agent_view: { agent_description: string; suggested_prompts: { title: string; message: string }[] };
    slash_commands: { command: string; description: string }[];
  };
  oauth_config: { scopes: { bot: string[] } };
  settings: {
    event_subscriptions: { bot_events: string[] };
    interactivity: { is_enabled: boolean };
    socket_mode_enabled: boolean;
    token_rotation_enabled: boolean;
  };
}
const manifest = parse(readFileSync(join(PROJECT, "deploy/slack-manifest.yaml"), "utf8")) as Manifest;
const sources = readFiles("src/bot", ".ts").filter(({ path }) => !path.endsWith(".test.ts"));

/** Of every `client.area.method(` below src/bot, and what the source of Slack's channels calls by its name. */
const methods = [
  ...new Set([
    ...readFiles("src/rag/adapters/slack-source", ".ts").flatMap(({ text }) =>
      [...text.matchAll(/"((?:auth|conversations|users)\.\w+)"/g)].map((match) => match[1] ?? ""),
    ),
    ...sources.flatMap(({ text }) =>
      [...text.matchAll(/\bclient((?:\s*\.\s*[a-zA-Z]\w*){2,3})\s*\(/g)].map((match) =>
        (match[1] ?? "").replaceAll(/\s/g, "").slice(1),
      ),
    ),
  ]),
].toSorted();

const handledEvents = Object.entries(EVENTS)
  .filter(([, { event }]) => {
    const inner = { channel: "C1", user: "U1", ts: "1.2", text: "hi", ...event };
    return readInbound({ type: "event_callback", event_id: "E1", event: inner }, "UBOT") !== undefined;
  })
  .map(([name]) => name);

const source = (path: string): string => sources.find((file) => file.path === path)?.text ?? "";

describe("the Slack app manifest", () => {
  it("asks for the scopes of the methods and events that the bot uses, and for no others", () => {
    const unknown = methods.filter((method) => !Object.hasOwn(SCOPES_OF_METHODS, method));
    const needed = new Set([
      ...methods.flatMap((method) => SCOPES_OF_METHODS[method] ?? []),
      ...handledEvents.flatMap((name) => EVENTS[name]?.scopes ?? []),
      "commands",
      // Slack takes agent_view with it only.
      "assistant:write",
    ]);

    expect(unknown).toEqual([]);
    expect(methods).toContain("chat.postMessage");
    expect([...manifest.oauth_config.scopes.bot].toSorted()).toEqual([...needed].toSorted());
    expect([...NEEDED_SCOPES].toSorted()).toEqual([...needed].toSorted());
  });

  it("subscribes to the events that the bot handles, and to no others", () => {
    const named = [...source("src/bot/inbound/delivery.ts").matchAll(/inner\.type === "(\w+)"/g)].map(
      (match) => match[1],
    );
    const known = Object.values(EVENTS).map(({ event }) => (event as { type: string }).type);

    expect(named.filter((type) => !known.includes(type ?? ""))).toEqual([]);
    expect(manifest.settings.event_subscriptions.bot_events.toSorted()).toEqual(handledEvents.toSorted());
  });

  it("declares the commands that the bot knows and tells of", () => {
    const parsed = [...source("src/bot/commands/parse-command.ts").matchAll(/name === "(\w+)"/g)].map(
      (match) => `/${match[1] ?? ""}`,
    );
    const told = [en.help, ko.help].flatMap((help) =>
      Object.values(help).flatMap((text) =>
        [...text.matchAll(/`(\/[a-z]+)/g)].map((match) => match[1] ?? ""),
      ),
    );
    const declared = manifest.features.slash_commands.map(({ command }) => command);

    expect(declared.toSorted()).toEqual([...new Set(parsed)].toSorted());
    expect([...new Set(told)].toSorted()).toEqual(declared.toSorted());
    for (const command of declared)
      expect(parseCommand(command, "")).toEqual({ kind: "help", topic: command.slice(1) });
  });

  it("turns on what the bot needs: Socket Mode, buttons and forms, the Home and a conversation with it", () => {
    expect(manifest.settings.socket_mode_enabled).toBe(true);
    expect(manifest.settings.token_rotation_enabled).toBe(false);
    expect(manifest.settings.interactivity.is_enabled).toBe(true);
    expect(manifest.features.app_home).toEqual({
      home_tab_enabled: true,
      messages_tab_enabled: true,
      messages_tab_read_only_enabled: false,
    });
  });

  it("keeps to Slack's lengths", () => {
    const { display_information: display, features } = manifest;

    expect(display.name.length).toBeLessThanOrEqual(35);
    expect(display.description.length).toBeLessThanOrEqual(140);
    expect(features.bot_user.display_name).toMatch(/^[a-z0-9._-]{1,80}$/);
    expect(features.agent_view.agent_description.length).toBeLessThanOrEqual(300);
    expect(features.agent_view.suggested_prompts.length).toBeLessThanOrEqual(4);
    for (const { command } of features.slash_commands) expect(command).toMatch(/^\/[a-z]{1,31}$/);
  });
});
