import type { Config } from "../../config.ts";
import { createInteractiveClient } from "../../bot/slack-clients.ts";
import { messageOf, type Finding } from "./finding.ts";

/** Bot scopes of deploy/slack-manifest.yaml. */
export const NEEDED_SCOPES = [
  "app_mentions:read",
  "assistant:write",
  "channels:history",
  "channels:read",
  "chat:write",
  "commands",
  "files:read",
  "files:write",
  "groups:history",
  "groups:read",
  "im:history",
  "im:write",
  "mpim:history",
  "mpim:read",
  "usergroups:read",
  "users:read",
  "users:read.email",
] as const;

/** Whether the tokens are good, and what the app may do. */
export async function checkSlack(config: Config): Promise<Finding[]> {
  const name = "Slack";
  if (config.slack.kind === "playground")
    return [
      {
        name,
        level: "ok",
        text: "simulated: the playground",
        advice:
          "for a real workspace set SLACK_BOT_TOKEN and SLACK_APP_TOKEN (docs/operate/connect-slack.md)",
      },
    ];
  const { botToken, apiUrl, transport } = config.slack;
  const at = apiUrl === undefined ? {} : { apiUrl };
  const findings: Finding[] = [];
  try {
    const self = await createInteractiveClient({ botToken, ...at }).auth.test();
    const granted = self.response_metadata?.scopes ?? [];
    const missing = granted.length === 0 ? [] : NEEDED_SCOPES.filter((scope) => !granted.includes(scope));
    const text = `real, workspace ${self.team ?? ""} as ${self.user ?? ""}`;
    findings.push(
      missing.length === 0
        ? { name, level: "ok", text }
        : {
            name,
            level: "fail",
            text: `${text}; without ${missing.join(", ")}`,
            advice: "update the app from deploy/slack-manifest.yaml and install it again",
          },
    );
  } catch (error) {
    findings.push({
      name,
      level: "fail",
      text: `the bot token is refused or Slack is not reachable: ${messageOf(error)}`,
      advice: "check SLACK_BOT_TOKEN, and that this machine reaches slack.com",
    });
  }
  if (transport.kind === "http")
    findings.push({
      name: "Slack events",
      level: "ok",
      text: `HTTP on ${transport.host}:${transport.port}/slack/events`,
      advice: "Slack has to reach it: put it behind your ingress as the app's request URL",
    });
  else
    try {
      await createInteractiveClient({ botToken: transport.appToken, ...at }).apps.connections.open();
      findings.push({ name: "Slack events", level: "ok", text: "Socket Mode, the app token is good" });
    } catch (error) {
      findings.push({
        name: "Slack events",
        level: "fail",
        text: `the app token opens no Socket Mode connection: ${messageOf(error)}`,
        advice: "SLACK_APP_TOKEN needs the scope connections:write, and Socket Mode turned on",
      });
    }
  return findings;
}
