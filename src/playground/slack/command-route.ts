import { z } from "zod";
import { applyResponse } from "./apply-response.ts";
import { askApp, failedAnswer, notify } from "./ask-app.ts";
import {
  channelFields,
  findActor,
  findChannel,
  nameSchema,
  PeopleError,
  readInput,
  timestampSchema,
  type PeopleRoute,
} from "./people-input.ts";
import { escapeText } from "./typed-text.ts";
import { SlackError } from "./web-api/slack-error.ts";
import { app, team } from "./workspace-seed.ts";

const commandSchema = z.strictObject({
  user: nameSchema,
  channel: nameSchema,
  /** "/train"; the rest may stand in `text` or right behind it. */
  command: z
    .string()
    .trim()
    .regex(/^\/?[^\s/]/, 'must be a command such as "/train"'),
  text: z.string().max(4_000).default(""),
  thread_ts: timestampSchema.optional(),
});

/** Runs a slash command; answers what its acknowledgement showed. */
export const command: PeopleRoute = async (parts, input) => {
  const asked = readInput(commandSchema, input);
  const person = findActor(parts, asked.user);
  const channel = findChannel(parts, person, asked.channel);
  const [word = "", ...rest] = asked.command.replace(/^\/?/, "/").split(/\s+/);
  const text = [...rest, asked.text.trim()].filter((piece) => piece !== "").join(" ");
  if (asked.thread_ts !== undefined)
    throw new PeopleError("not_supported_in_threads", `${word} is not supported in threads. Sorry!`);
  if (parts.strictCommands && !parts.commands.some((item) => item.command === word)) {
    throw new PeopleError(
      "unknown_command",
      `${word} is not a valid command; there are ${parts.commands.map((item) => item.command).join(", ")}`,
    );
  }
  const target = { channel: channel.id, user: person.id };
  const payload = {
    token: parts.secrets.verificationToken,
    team_id: team.id,
    team_domain: team.domain,
    channel_id: channel.id,
    channel_name: channelFields(channel)["name"],
    user_id: person.id,
    user_name: person.name,
    command: word,
    text: escapeText(text),
    api_app_id: app.id,
    is_enterprise_install: "false",
    response_url: parts.responseUrls.create("commands", target),
    trigger_id: parts.triggers.create(person.id),
  };
  const outcome = await askApp(parts, person, { type: "slash_commands", name: word, payload }, word);
  if (outcome.kind === "failed") return failedAnswer(outcome.error);
  if (outcome.body === undefined || outcome.body === "") return { acked: true, shown: null };
  try {
    const shown = applyResponse(parts, target, outcome.body);
    return { acked: true, shown: shown ? parts.renderer.render(shown) : null };
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    notify(parts, person, error.code, `${word} failed with the error "${error.code}"`);
    return { ok: false, acked: true, error: error.code, ...error.extra };
  }
};
