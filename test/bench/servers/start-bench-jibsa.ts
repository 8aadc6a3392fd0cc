import { startJibsa, type Jibsa, type JibsaOptions } from "#test/servers/jibsa.ts";
import { endWithUs } from "./end-with-us.ts";
import { APP_TOKEN, BOT_TOKEN } from "./slack-server.ts";

/** `up` that ends with the measurement, however that ends. */
export async function startBenchJibsa(options: JibsaOptions): Promise<Jibsa> {
  const jibsa = await startJibsa(options);
  endWithUs(jibsa.process);
  return jibsa;
}

/** `up` with settings that name a Slack server of ours. */
export const startOnSlackServer = (options: {
  configFile: string;
  roles: string;
  env?: Readonly<Record<string, string>>;
}): Promise<Jibsa> =>
  startBenchJibsa({
    args: ["--config", options.configFile, "--roles", options.roles],
    env: { SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_APP_TOKEN: APP_TOKEN, ...options.env },
  });
