import type { WebClient } from "@slack/web-api";
import { expect, it } from "vitest";
import { createSlackDirectory } from "./slack-directory.ts";

function slack() {
  const state = { nowMs: 0, asked: 0, isAway: false, members: ["U1"] };
  const client = {
    conversations: {
      async members({ cursor }: { cursor?: string }) {
        state.asked += 1;
        if (state.isAway) throw new Error("away");
        return cursor === undefined
          ? { members: state.members, response_metadata: { next_cursor: "more" } }
          : { members: ["U9"], response_metadata: { next_cursor: "" } };
      },
    },
    users: {
      list: async () => ({
        members: [
          { id: "U1", team_id: "T1", profile: { email: "a@example.com" } },
          { id: "U2", team_id: "T1", is_ultra_restricted: true },
          { id: "U3", team_id: "T2" },
          { id: "U4", team_id: "T1", is_bot: true },
          { id: "U5", team_id: "T1", deleted: true, is_bot: true },
          { id: "USLACKBOT", team_id: "T1" },
        ],
      }),
    },
  } as unknown as WebClient;
  return { state, directory: createSlackDirectory({ client, teamId: "T1", nowMs: () => state.nowMs }) };
}

it("reads all pages, once for those who ask together, and keeps what it read for a while", async () => {
  const { state, directory } = slack();

  const [members] = await Promise.all([directory.members("C1"), directory.members("C1")]);
  state.nowMs = 149_000;
  await directory.members("C1");

  expect([...members]).toEqual(["U1", "U9"]);
  expect(state.asked).toBe(2);
});

it("never gives what is older than five minutes, and reads again before that", async () => {
  const { state, directory } = slack();
  await directory.members("C1");
  state.members = ["U2"];
  state.nowMs = 200_000;
  const whileReading = await directory.members("C1");
  await new Promise((done) => setImmediate(done));
  const afterwards = await directory.members("C1");
  state.isAway = true;
  state.nowMs = 200_000 + 299_999;
  const fresh = await directory.members("C1");
  state.nowMs = 200_000 + 300_000;

  await expect(directory.members("C1")).rejects.toThrow("away");
  expect([...whileReading, ...afterwards, ...fresh]).toEqual(["U1", "U9", "U2", "U9", "U2", "U9"]);
});

it("tells members from guests, others' people, apps and those who have left", async () => {
  const people = await slack().directory.people();

  expect([...people.values()].map(({ id, kind }) => `${id} ${kind}`)).toEqual([
    "U1 member",
    "U2 guest",
    "U3 external",
    "U4 app",
    "U5 gone",
    "USLACKBOT app",
  ]);
});
