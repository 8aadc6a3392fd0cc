import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idFromKey, readInbound } from "./delivery.ts";

const message = (inner: object) => ({
  type: "event_callback",
  event_id: "Ev1",
  team_id: "T1",
  event: { type: "message", channel: "D1", channel_type: "im", ts: "1.2", ...inner },
});

describe("a delivery", () => {
  it("of a direct message is work, keyed by its event id", () => {
    expect(readInbound(message({ user: "U1", text: "hi" }), "UBOT")).toMatchObject({
      key: "event:Ev1",
      kind: "message",
      delivery: { user: "U1", text: "hi", direct: true },
    });
  });

  it.each([
    ["the bot's own message", message({ user: "UBOT", text: "hi" })],
    ["another bot's message", message({ user: "U1", bot_id: "B1", text: "hi" })],
    ["an edit", message({ user: "U1", subtype: "message_changed" })],
    ["a channel message without a mention", message({ user: "U1", channel: "C1", channel_type: "channel" })],
    [
      "a mention in a direct message, which also comes as a message",
      message({ type: "app_mention", user: "U1" }),
    ],
  ])("of %s is ignored", (_title, body) => {
    expect(readInbound(body, "UBOT")).toBeUndefined();
  });

  it("of any shape breaks nothing", () => {
    fc.assert(fc.property(fc.anything(), (body) => void readInbound(body, "UBOT")));
  });

  it("gives an id that fits a Kubernetes name, the same each time", () => {
    fc.assert(
      fc.property(fc.string(), (key) => {
        expect(idFromKey(key)).toMatch(/^r[a-z2-7]{11}$/);
        expect(idFromKey(key)).toBe(idFromKey(key));
      }),
    );
  });
});
