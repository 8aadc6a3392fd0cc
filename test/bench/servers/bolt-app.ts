import { App, LogLevel } from "@slack/bolt";

/** The peer, a process of its own: Bolt in Socket Mode that acknowledges commands and does nothing else. */
const [slackApiUrl = "", token = "", appToken = ""] = process.argv.slice(2);
const app = new App({
  token,
  appToken,
  socketMode: true,
  clientOptions: { slackApiUrl },
  logLevel: LogLevel.ERROR,
});
app.command(/.*/, async ({ ack }) => ack());
await app.start();
console.log("ready");
