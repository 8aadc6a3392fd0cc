import { spawnSync } from "node:child_process";
import { createKubernetesCluster } from "../actions/adapters/kubernetes-cluster.ts";
import { createInteractiveClient } from "../bot/slack-clients.ts";
import { readConfig, type Config } from "../config.ts";
import { openStore } from "../store/open-store.ts";
import type { CommandArguments } from "./read-arguments.ts";
import { configOptionsOf } from "./up.ts";

export const doctorHelp = `Usage: ./jibsa doctor [options]

Says piece by piece what is configured, reachable and permitted, and what to do about what is not. Ends with 1 if something is wrong.

  --config FILE  --data-dir DIR   as for up`;

interface Finding {
  name: string;
  ok: boolean;
  text: string;
}

export async function doctor(args: CommandArguments): Promise<number> {
  const config = readConfig(process.env, configOptionsOf(args));
  const findings = [
    checkNode(),
    checkPython(config),
    await checkSlack(config),
    await checkPostgres(config),
    ...(await checkClusters(config)),
    await checkModel(config),
  ];
  for (const { name, ok, text } of findings)
    console.log(`${ok ? "ok  " : "FAIL"} ${name.padEnd(16)} ${text}`);
  return findings.every(({ ok }) => ok) ? 0 : 1;
}

function checkNode(): Finding {
  return { name: "Node", ok: true, text: process.version };
}

function checkPython(config: Config): Finding {
  const name = "Milvus";
  if (config.milvus.address !== undefined) return { name, ok: true, text: `real, ${config.milvus.address}` };
  const python = spawnSync(
    "python3",
    [
      "-c",
      "import sys, ensurepip; print('.'.join(map(str, sys.version_info[:3]))); sys.exit(sys.version_info < (3, 10))",
    ],
    { encoding: "utf8" },
  );
  return python.status === 0
    ? { name, ok: true, text: `embedded Milvus Lite, Python ${python.stdout.trim()}` }
    : {
        name,
        ok: false,
        text: "needs Python >= 3.10 with venv (Debian: apt install python3-venv), or milvus.address in jibsa.yaml",
      };
}

async function checkSlack(config: Config): Promise<Finding> {
  const name = "Slack";
  if (config.slack.kind === "playground")
    return { name, ok: true, text: "simulated: the playground (no SLACK_BOT_TOKEN is set)" };
  try {
    const { botToken, apiUrl } = config.slack;
    const self = await createInteractiveClient({
      botToken,
      ...(apiUrl !== undefined && { apiUrl }),
    }).auth.test();
    return {
      name,
      ok: true,
      text: `real, workspace ${self.team ?? ""} as ${self.user ?? ""} by ${config.slack.transport.kind}`,
    };
  } catch (error) {
    return {
      name,
      ok: false,
      text: `the bot token is refused or Slack is not reachable: ${messageOf(error)}`,
    };
  }
}

async function checkPostgres(config: Config): Promise<Finding> {
  const name = "Postgres";
  if (config.postgresUrl === undefined) return { name, ok: true, text: `embedded, in ${config.dataDir}` };
  try {
    const database = await openStore({ connectionString: config.postgresUrl, maxConnections: 1 });
    await database.close();
    return { name, ok: true, text: "real, reachable, schema up to date" };
  } catch (error) {
    return { name, ok: false, text: `JIBSA_POSTGRES_URL: ${messageOf(error)}` };
  }
}

async function checkClusters(config: Config): Promise<Finding[]> {
  return Promise.all(
    config.clusters.map(async (cluster): Promise<Finding> => {
      const name = `cluster ${cluster.name}`;
      if (cluster.kind === "simulated") return { name, ok: true, text: "simulated (no KUBECONFIG is set)" };
      const opened = createKubernetesCluster({
        name: cluster.name,
        simulated: false,
        source: { kubeconfigFile: cluster.file },
        ...(cluster.context !== undefined && { context: cluster.context }),
      });
      const reach = await opened.isReachable();
      if (!reach.reachable) return { name, ok: false, text: `${cluster.file}: ${reach.reason}` };
      const role = config.policy.roles[0];
      if (role === undefined)
        return {
          name,
          ok: true,
          text: `real, ${reach.version}; the policy has no role, so nobody may do anything`,
        };
      try {
        const may = await opened.mayI(
          {
            verb: "create",
            group: "kubeflow.org",
            resource: "pytorchjobs",
            namespace: config.stages[0]?.namespace ?? "default",
          },
          { user: "jibsa:doctor", groups: role.kubernetes.groups },
        );
        return {
          name,
          ok: true,
          text: `real, ${reach.version}; role ${role.name} ${may.allowed ? "may" : "may not"} create pytorchjobs`,
        };
      } catch (error) {
        return { name, ok: false, text: `the kubeconfig's account may not impersonate: ${messageOf(error)}` };
      }
    }),
  );
}

async function checkModel(config: Config): Promise<Finding> {
  const name = "model";
  const { provider, url } = config.model;
  if (provider === "none") return { name, ok: true, text: "none: answers are quoted from the documents" };
  const address = url ?? "http://127.0.0.1:11434";
  try {
    const path = provider === "openai" ? "/models" : "/api/tags";
    const answer = await fetch(address.replace(/\/$/, "") + path, {
      signal: AbortSignal.timeout(2_000),
      headers: config.modelApiKey === undefined ? {} : { authorization: `Bearer ${config.modelApiKey}` },
    });
    return { name, ok: answer.ok, text: `${provider}, ${address} answers ${answer.status}` };
  } catch (error) {
    return provider === "auto"
      ? { name, ok: true, text: `none at ${address}: answers are quoted from the documents` }
      : { name, ok: false, text: `${address}: ${messageOf(error)}` };
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
