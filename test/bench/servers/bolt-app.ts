import { App, LogLevel } from "@slack/bolt";
import { Pool } from "pg";

/**
 * The peer, a process of its own: Bolt in Socket Mode that acknowledges commands and does nothing else. With a Postgres
 * address it inserts one row before each acknowledgement: the least that whoever must not lose a command does.
 */
const [slackApiUrl = "", token = "", appToken = "", connectionString] = process.argv.slice(2);
const pool = connectionString === undefined ? undefined : new Pool({ connectionString, max: 10 });
const app = new App({
  token,
  appToken,
  socketMode: true,
  clientOptions: { slackApiUrl },
  logLevel: LogLevel.ERROR,
});
app.command(/.*/, async ({ ack, body }) => {
  await pool?.query("insert into inbound (key, kind, payload) values ($1, 'command', $2)", [
    body.trigger_id,
    JSON.stringify(body),
  ]);
  await ack();
});
await app.start();
console.log("ready");
