import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { startTestPostgres } from "#test/servers/postgres.ts";
import type { Figure } from "./figure.ts";
import { writeBenchConfig } from "./servers/bench-config.ts";
import { sendCommands, type Load } from "./servers/envelopes.ts";
import { startSlackServer } from "./servers/slack-server.ts";
import { startOnSlackServer } from "./servers/start-bench-jibsa.ts";
import { startBoltApp } from "./servers/start-bolt-app.ts";
import { startPeer } from "./servers/start-peer.ts";
import { percentile } from "./statistics.ts";

/** Of what hangs: the cluster, the index (and the model behind it). The last is answered from the database. */
const COMMANDS = [
  { command: "/cluster", text: "status" },
  { command: "/ask", text: "How do I run a failed training again?" },
  { command: "/train", text: "list" },
];
const WARM_UP: Load = { perSecond: 50, seconds: 3 };
const LOAD: Load = { perSecond: 50, seconds: 30 };
const QUICK: Load = { perSecond: 50, seconds: 0.2 };

export const ackFigure: Figure = {
  name: "ack",
  summary:
    "p99 of Socket Mode acknowledgements at 50/s, while cluster, Milvus and model hang; peer: a bare Bolt app",
  lines: [
    {
      label: "ack, slack+worker",
      ours: "slack,worker",
      peer: "bolt",
      unit: "ms",
      compare: "ratio",
      limit: 1.5,
    },
    { label: "ack, slack alone", ours: "slack", peer: "bolt", unit: "ms", compare: "ratio", limit: 1.5 },
    // Says how much of it is the one insert, and how much is ours.
    {
      label: "ack, both store",
      ours: "slack",
      peer: "bolt that stores",
      unit: "ms",
      compare: "ratio",
      limit: 1.5,
    },
  ],
  async open({ isQuick }) {
    const [slack, postgres] = await Promise.all([startSlackServer(), startTestPostgres()]);
    // This process sends and takes the time; what else the app talks to is answered by another.
    const surroundings = await startPeer(new URL("servers/surroundings.ts", import.meta.url), [slack.url]);
    const { apiUrl, hangingPort } = JSON.parse(surroundings.firstLine) as {
      apiUrl: string;
      hangingPort: number;
    };
    const config = await writeBenchConfig((folder) => hangingSettings(folder, hangingPort, apiUrl));
    await writeFile(join(config.folder, "kubeconfig"), kubeconfigOf(hangingPort));
    const measure = async (): Promise<number> => {
      await sendCommands(slack, COMMANDS, isQuick ? QUICK : WARM_UP);
      return percentile(await sendCommands(slack, COMMANDS, isQuick ? QUICK : LOAD), 0.99);
    };
    const jibsa = (roles: string) => async (): Promise<number> => {
      const { connectionString } = await postgres.createDatabase();
      const running = await startOnSlackServer({
        configFile: config.file,
        roles,
        env: { JIBSA_POSTGRES_URL: connectionString, JIBSA_LOG_LEVEL: "error" },
      });
      // What is in hand hangs with the cluster: there is nothing to stop in order.
      return measure().finally(() => running.kill().then(running.close));
    };
    return {
      sides: {
        async bolt() {
          const peer = await startBoltApp(apiUrl);
          return measure().finally(peer.close);
        },
        async "bolt that stores"() {
          const { connectionString } = await postgres.createDatabase();
          const peer = await startBoltApp(apiUrl, connectionString);
          return measure().finally(peer.close);
        },
        "slack,worker": jibsa("slack,worker"),
        slack: jibsa("slack"),
      },
      async close() {
        await Promise.all([surroundings.close(), slack.close(), postgres.close(), config.close()]);
      },
    };
  },
};

function hangingSettings(folder: string, port: number, apiUrl: string): Record<string, unknown> {
  return {
    slack: { apiUrl },
    milvus: { address: `127.0.0.1:${port}` },
    model: { provider: "openai", url: `http://127.0.0.1:${port}/v1`, name: "hanging" },
    clusters: [{ name: "onprem-a", kubeconfig: join(folder, "kubeconfig") }],
  };
}

function kubeconfigOf(port: number): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "hanging", cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: "jibsa", user: { token: "bench" } }],
    contexts: [{ name: "hanging", context: { cluster: "hanging", user: "jibsa" } }],
    "current-context": "hanging",
  });
}
