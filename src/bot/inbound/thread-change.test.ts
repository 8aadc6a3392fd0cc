import { describe, expect, it } from "vitest";
import { readInbound } from "./delivery.ts";
import { readThreadChange } from "./thread-change.ts";

const told = (event: object) => ({
  type: "event_callback",
  event_id: "Ev1",
  event: {
    type: "message",
    channel: "C1",
    channel_type: "channel",
    event_ts: "9.1",
    ts: "9.1",
    hidden: true,
    ...event,
  },
});
const answer = { type: "message", user: "U1", text: "hi", ts: "2.1", thread_ts: "1.1" };

describe("a change of a message", () => {
  it("is told with its thread, whether the message was edited or taken away, and is no delivery", () => {
    const edited = told({ subtype: "message_changed", message: answer, previous_message: answer });
    const deleted = told({ subtype: "message_deleted", deleted_ts: "2.1", previous_message: answer });
    const first = told({ subtype: "message_changed", message: { ...answer, thread_ts: undefined } });

    expect(readThreadChange(edited)).toEqual({ channel: "C1", threadTs: "1.1", changeTs: "9.1" });
    expect(readThreadChange(deleted)).toEqual({ channel: "C1", threadTs: "1.1", changeTs: "9.1" });
    expect(readThreadChange(first)).toEqual({ channel: "C1", threadTs: "2.1", changeTs: "9.1" });
    expect(readInbound(edited, "UBOT")).toBeUndefined();
  });

  it.each([
    ["a new message", told({ ...answer })],
    ["what an app edits", told({ subtype: "message_changed", message: { ...answer, bot_id: "B1" } })],
    ["a direct message", told({ subtype: "message_changed", message: answer, channel_type: "im" })],
    ["somebody who joins", told({ subtype: "channel_join", user: "U1" })],
    ["nonsense", { type: "event_callback", event: { type: "message", subtype: "message_changed" } }],
  ])("is not %s", (_, body) => {
    expect(readThreadChange(body)).toBeUndefined();
  });
});
