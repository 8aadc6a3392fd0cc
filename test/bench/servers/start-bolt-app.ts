import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { cleanEnvironment } from "#test/servers/jibsa.ts";
import { endWithUs } from "./end-with-us.ts";
import { APP_TOKEN, BOT_TOKEN, type SlackServer } from "./slack-server.ts";

const APP = fileURLToPath(new URL("bolt-app.ts", import.meta.url));
const START_TIMEOUT_MS = 30_000;

/** The bare Bolt app on a Slack server; resolves when it is connected. With a Postgres, it stores before it acknowledges. */
export async function startBoltApp(
  slack: SlackServer,
  postgresUrl?: string,
): Promise<{ process: ChildProcess; close(): Promise<void> }> {
  const child = spawn(
    process.execPath,
    [APP, slack.apiUrl, BOT_TOKEN, APP_TOKEN, ...(postgresUrl === undefined ? [] : [postgresUrl])],
    {
      env: cleanEnvironment(),
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  endWithUs(child);
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const close = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
  };
  try {
    await new Promise<void>((done, failed) => {
      const timer = setTimeout(
        () => failed(new Error("the Bolt app did not start in time")),
        START_TIMEOUT_MS,
      );
      child.stdout.once("data", () => {
        clearTimeout(timer);
        done();
      });
      void ended.then(() => {
        clearTimeout(timer);
        failed(new Error("the Bolt app ended at its start"));
      });
    });
  } catch (error) {
    await close();
    throw error;
  }
  return { process: child, close };
}
