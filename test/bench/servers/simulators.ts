import { startSimulatedCluster } from "#src/playground/cluster/start-simulated-cluster.ts";
import { startSlackPlayground } from "#src/playground/slack/start-slack-playground.ts";

/** A process of its own, so that what is simulated does not share the bot's event loop, as it never does in production. */
const [dataDir = ""] = process.argv.slice(2);
const cluster = await startSimulatedCluster({ port: 0, dataDir, trainingDurationMs: 1_000 });
const playground = await startSlackPlayground({ port: 0 });
const { url, apiUrl, botToken, appToken } = playground;
console.log(JSON.stringify({ kubeconfigFile: cluster.kubeconfigPath, url, apiUrl, botToken, appToken }));
