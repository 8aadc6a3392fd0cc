import { readFile } from "node:fs/promises";
import type { ChildProcess } from "node:child_process";
import { startJibsa } from "#test/servers/jibsa.ts";
import { startTestPostgres } from "#test/servers/postgres.ts";
import type { Figure } from "./figure.ts";
import { writeBenchConfig } from "./servers/bench-config.ts";
import { sendCommands } from "./servers/envelopes.ts";
import { APP_TOKEN, BOT_TOKEN, startSlackServer } from "./servers/slack-server.ts";
import { startBoltApp } from "./servers/start-bolt-app.ts";

const COMMANDS = [
  { command: "/train", text: "list" },
  { command: "/train", text: "start sft model-size=7B" },
  { command: "/ask", text: "How do I run a failed training again?" },
];

export const memoryFigure: Figure = {
  name: "memory",
  summary: "resident memory of the Slack role alone after 200 commands; peer: a bare Bolt app",
  lines: [
    { label: "memory, slack role", ours: "slack", peer: "bolt", unit: "MB", compare: "alone", limit: 150 },
  ],
  async open({ isQuick }) {
    const [slack, postgres] = await Promise.all([startSlackServer(), startTestPostgres()]);
    const config = await writeBenchConfig(() => ({ slack: { apiUrl: slack.apiUrl } }));
    const measure = async (child: ChildProcess): Promise<number> => {
      await sendCommands(slack, COMMANDS, { perSecond: 50, seconds: isQuick ? 0.2 : 4 });
      return residentMegabytes(child);
    };
    return {
      sides: {
        async slack() {
          const { connectionString } = await postgres.createDatabase();
          const running = await startJibsa({
            args: ["--config", config.file, "--roles", "slack"],
            env: {
              SLACK_BOT_TOKEN: BOT_TOKEN,
              SLACK_APP_TOKEN: APP_TOKEN,
              JIBSA_POSTGRES_URL: connectionString,
            },
          });
          return measure(running.process).finally(running.close);
        },
        async bolt() {
          const peer = await startBoltApp(slack);
          return measure(peer.process).finally(peer.close);
        },
      },
      async close() {
        await Promise.all([slack.close(), postgres.close(), config.close()]);
      },
    };
  },
};

async function residentMegabytes({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1_024;
}
