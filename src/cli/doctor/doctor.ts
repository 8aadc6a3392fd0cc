import { readConfig, type Config } from "../../config.ts";
import { configOptionsOf } from "../config-options.ts";
import type { CommandArguments } from "../read-arguments.ts";
import { readRunning } from "../running-file.ts";
import { checkClusters } from "./check-clusters.ts";
import { checkMachine } from "./check-machine.ts";
import { checkModel } from "./check-model.ts";
import { checkPipelines } from "./check-pipelines.ts";
import { checkSearchModels } from "./check-search-models.ts";
import { checkSlack } from "./check-slack.ts";
import { checkSources } from "./check-sources.ts";
import { checkStores } from "./check-stores.ts";
import type { Finding } from "./finding.ts";

export const doctorHelp = `Usage: ./jibsa doctor [options]

Says piece by piece what is real, reachable and permitted, and what to do about what is not. Ends with 1 if something is wrong.

  --config FILE  --data-dir DIR   as for up`;

const SIGNS: Readonly<Record<Finding["level"], string>> = { ok: "ok  ", warn: "warn", fail: "FAIL" };

export async function doctor(args: CommandArguments): Promise<number> {
  const config = readConfig(process.env, configOptionsOf(args));
  const findings = [
    ...checkMachine(config),
    ...(await checkSources(config)),
    ...(await checkStores(config, readRunning(config.dataDir))),
    ...(await checkSlack(config)),
    ...(await checkClusters(config)),
    ...(await checkPipelines(config)),
    checkPolicy(config),
    await checkModel(config),
    ...(await checkSearchModels(config)),
  ];
  const width = Math.max(...findings.map(({ name }) => name.length));
  for (const { name, level, text, advice } of findings) {
    console.log(`${SIGNS[level]} ${name.padEnd(width)}  ${text}`);
    if (advice !== undefined) console.log(`${" ".repeat(width + 7)}→ ${advice}`);
  }
  return findings.some(({ level }) => level === "fail") ? 1 : 0;
}

function checkPolicy({ policy, file }: Config): Finding {
  const name = "policy";
  const { roles, rules } = policy;
  return roles.length === 0 || rules.every(({ effect }) => effect === "deny")
    ? {
        name,
        level: "warn",
        text: "nobody may do anything",
        advice: "give people roles and rules in jibsa.yaml (jibsa.example.yaml shows how)",
      }
    : {
        name,
        level: "ok",
        text: `${roles.length} roles, ${rules.length} rules, ${policy.approvals.length} approvals, from ${file ?? "defaults"}`,
      };
}
