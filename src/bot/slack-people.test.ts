import type { WebClient } from "@slack/web-api";
import { pino } from "pino";
import { expect, it } from "vitest";
import { PersonUnavailableError } from "../actions/ports.ts";
import { createSlackPeople } from "./slack-people.ts";

/** People of a Slack that refuses to say who anybody is, with this word. */
function peopleWhenSlackSays(error: string) {
  const client = {
    users: {
      async info(): Promise<never> {
        throw Object.assign(new Error(error), {
          code: "slack_webapi_platform_error",
          data: { ok: false, error },
        });
      },
    },
  } as unknown as WebClient;
  return createSlackPeople({
    client,
    policy: { roles: [], rules: [], approvals: [] },
    stageApprovers: [],
    logger: pino({ level: "silent" }),
    teamId: "T1",
    now: () => new Date(),
  });
}

it("knows nobody of whom Slack knows nothing", async () => {
  expect(await peopleWhenSlackSays("user_not_found").findPerson("U1")).toBeUndefined();
});

it.each(["token_revoked", "missing_scope", "internal_error"])(
  "takes nobody for a stranger because of %s: who it is cannot be known now",
  async (error) => {
    await expect(peopleWhenSlackSays(error).findPerson("U1")).rejects.toThrow(PersonUnavailableError);
  },
);
