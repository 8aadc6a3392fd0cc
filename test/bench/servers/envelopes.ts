import { randomUUID } from "node:crypto";
import { PERSON, TEAM } from "./slack-api.ts";
import type { SlackServer } from "./slack-server.ts";

/** A slash command as Slack sends it. */
export function commandPayload(server: SlackServer, command: string, text: string): object {
  return {
    token: "bench",
    team_id: TEAM,
    team_domain: "bench",
    channel_id: "C0BENCH",
    channel_name: "bench",
    user_id: PERSON,
    user_name: "minji",
    command,
    text,
    api_app_id: "A0BENCH",
    is_enterprise_install: "false",
    response_url: `${server.url}/response/${randomUUID()}`,
    trigger_id: randomUUID(),
  };
}

/** A direct message to the bot as Slack sends it. */
export function messagePayload(text: string, ts: string): object {
  return {
    token: "bench",
    team_id: TEAM,
    api_app_id: "A0BENCH",
    type: "event_callback",
    event_id: `Ev${randomUUID()}`,
    event_time: Math.floor(Number(ts)),
    authorizations: [{ team_id: TEAM, user_id: "U0BOT", is_bot: true }],
    event: { type: "message", channel: "D0BENCH", channel_type: "im", user: PERSON, text, ts, event_ts: ts },
  };
}

export interface Load {
  perSecond: number;
  seconds: number;
}

/** Commands at a steady pace, whether or not the earlier ones were answered. Returns each one's time to the acknowledgement. */
export async function sendCommands(
  server: SlackServer,
  commands: readonly { command: string; text: string }[],
  load: Load,
): Promise<number[]> {
  const startMs = performance.now();
  const acks: Promise<number>[] = [];
  for (let sent = 0; sent < load.perSecond * load.seconds; sent += 1) {
    const waitMs = startMs + (sent * 1_000) / load.perSecond - performance.now();
    if (waitMs > 0) await new Promise((done) => setTimeout(done, waitMs));
    const { command, text } = commands[sent % commands.length] ?? { command: "/train", text: "" };
    const ack = server.send("slash_commands", commandPayload(server, command, text));
    // Awaited below; a refusal before that must not end the process.
    ack.catch(() => undefined);
    acks.push(ack);
  }
  return Promise.all(acks);
}
