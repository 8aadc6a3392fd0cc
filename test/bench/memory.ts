import { readFile } from "node:fs/promises";
import type { ChildProcess } from "node:child_process";
import { startTestPostgres } from "#test/servers/postgres.ts";
import type { Figure } from "./figure.ts";
import { writeBenchConfig } from "./servers/bench-config.ts";
import { sendCommands } from "./servers/envelopes.ts";
import { startSlackServer } from "./servers/slack-server.ts";
import { startOnSlackServer } from "./servers/start-bench-jibsa.ts";
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
          const running = await startOnSlackServer({
            configFile: config.file,
            roles: "slack",
            env: { JIBSA_POSTGRES_URL: connectionString },
          });
          return measure(running.process).finally(running.close);
        },
        async bolt() {
          const peer = await startBoltApp(slack.apiUrl);
          return measure(peer.process).finally(peer.close);
        },
      },
      async close() {
        await Promise.all([slack.close(), postgres.close(), config.close()]);
      },
    };
  },
};

export async function residentMegabytes({ pid }: Pick<ChildProcess, "pid">): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1_024;
}
