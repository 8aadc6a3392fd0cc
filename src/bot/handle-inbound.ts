import { ClusterForbiddenError, ClusterUnavailableError } from "../actions/cluster-ports.ts";
import type { JobOutcome } from "../jobs/start-worker.ts";
import { appendAudit } from "../store/audit.ts";
import { markInboundHandled } from "../store/inbound.ts";
import { said, type Bot, type BotDeps } from "./bot-deps.ts";
import { escapeMrkdwn } from "./escape.ts";
import { followUp } from "./answers/follow-up.ts";
import { handleButton } from "./handle-button.ts";
import { handleCommand } from "./handle-command.ts";
import { keepCurated } from "./answers/keep-curated.ts";
import { keepFeedback } from "./answers/keep-feedback.ts";
import { deliverySchema, idFromKey, type Delivery } from "./inbound/delivery.ts";
import { parseCommand, parseMessage } from "./commands/parse-command.ts";
import type { ParsedCommand } from "./commands/parsed-command.ts";
import { publishHome, publishRefusal } from "./publish-home.ts";
import { isSlackAway, readSlackError } from "./slack-error.ts";
import { suggestPrompts } from "./suggest-prompts.ts";
import type { PersonLookup } from "./slack-people.ts";
import { textsFor } from "./texts/texts.ts";
import { personRefusal } from "./views/person-refusal.ts";

/** An outage of Slack is no failed attempt, for so long. */
const SLACK_AWAY_MS = 600_000;
const SLACK_AGAIN_MS = 3_000;
/** A follow-up waits so long for the answer before it. */
const ANSWER_UNDER_WAY_MS = 60_000;
const LOOK_AGAIN_MS = 500;

/** Does what a stored delivery asks for. Everything it makes has an id that comes from the delivery's key. */
export async function handleInbound(bot: Bot, key: string, signal: AbortSignal): Promise<JobOutcome> {
  const id = idFromKey(key);
  // The id that people are told, with Slack's own key.
  const logger = bot.logger.child({ id, key });
  const deps: BotDeps = { ...bot, logger, reply: bot.replyAbout(id, logger) };
  const row = await deps.store.selectFrom("inbound").selectAll().where("key", "=", key).executeTakeFirst();
  if (row === undefined || row.state !== "received") return;
  const delivery = deliverySchema.parse(row.payload);
  try {
    const lookup = await deps.people.find(delivery.user);
    if (lookup.kind === "refused" && delivery.followUp) logger.debug({}, "not spoken to");
    else if (lookup.kind === "refused") await refuse(deps, delivery, lookup);
    else {
      const { person } = lookup;
      const context = { deps, delivery, person, id, signal, texts: textsFor(person.locale) };
      if (row.kind === "home")
        await (delivery.tab === "messages" ? suggestPrompts(context) : publishHome(deps, person));
      else if (row.kind === "button") await handleButton(context);
      else if (delivery.followUp) {
        const outcome = await followUp(context, unescapeSlack(delivery.text));
        const waitedMs = deps.now().getTime() - row.received_at.getTime();
        if (outcome === "answer-under-way" && waitedMs < ANSWER_UNDER_WAY_MS)
          return { againInMs: LOOK_AGAIN_MS };
      } else if (delivery.feedback !== undefined) {
        const { answerId, curated, ...feedback } = delivery.feedback;
        await keepFeedback(context, answerId, { verdict: "wrong", ...feedback });
        if (curated !== "") await keepCurated(context, answerId, curated);
      } else await handleCommand(context, commandOf(delivery, deps.botUserId));
    }
  } catch (error) {
    const failure = readSlackError(error);
    if (failure.kind === "rate-limited") return { againInMs: failure.retryAfterMs };
    const waitedMs = deps.now().getTime() - row.received_at.getTime();
    if (isSlackAway(error) && waitedMs < SLACK_AWAY_MS) return { againInMs: SLACK_AGAIN_MS };
    if (error instanceof ClusterUnavailableError || error instanceof ClusterForbiddenError) {
      const lookup = await deps.people.find(delivery.user);
      const texts = textsFor(lookup.kind === "member" ? lookup.person.locale : "en");
      const message = escapeMrkdwn(error.message);
      const text =
        error instanceof ClusterUnavailableError
          ? texts.clusterAway(error.cluster, message)
          : texts.platformForbidden(message);
      await deps.reply.answer(delivery, said(`⚠️ ${text}`));
    } else if (failure.kind === "refused" || failure.kind === "unreachable-place") {
      deps.logger.error({ failure }, "Slack refuses an answer: it cannot be given");
    } else throw error;
  }
  await markInboundHandled(deps.store, key, deps.now());
}

function commandOf(delivery: Delivery, botUserId: string): ParsedCommand {
  if (delivery.form !== undefined) return { kind: "train-start", ...delivery.form };
  if (delivery.command !== undefined) return parseCommand(delivery.command, unescapeSlack(delivery.text));
  return parseMessage(unescapeSlack(delivery.text.replaceAll(`<@${botUserId}>`, " ")));
}

/** Slack escapes three characters and wraps links; what was typed is what counts. */
function unescapeSlack(text: string): string {
  return text
    .replace(/<(?:https?|mailto):[^>|]*\|([^>]*)>/g, "$1")
    .replace(/<((?:https?|mailto):[^>]*)>/g, "$1")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

async function refuse(
  deps: BotDeps,
  delivery: Delivery,
  { cause, locale }: Extract<PersonLookup, { kind: "refused" }>,
): Promise<void> {
  await deps.store.transaction().execute((transaction) =>
    appendAudit(transaction, {
      actor: delivery.user,
      event: "person-refused",
      subject: `person:${delivery.user}`,
      detail: { cause, command: delivery.command ?? null, actionId: delivery.actionId ?? null },
    }),
  );
  const texts = textsFor(locale);
  const text = personRefusal(cause, texts);
  // Opening a tab asks for nothing: it is answered in its place and not by a message each time.
  if (delivery.tab === "messages") return;
  if (delivery.tab === "home") return publishRefusal(deps, delivery.user, text);
  await deps.reply.answer(delivery, said(text));
}

/** The job was given up: the row says so, and the person is told. */
export async function parkInbound(deps: Bot, key: string): Promise<void> {
  const id = idFromKey(key);
  const row = await deps.store.selectFrom("inbound").selectAll().where("key", "=", key).executeTakeFirst();
  if (row === undefined || row.state !== "received") return;
  deps.logger.error({ id, key }, "a delivery was given up after its last attempt");
  const delivery = deliverySchema.parse(row.payload);
  const lookup = await deps.people.find(delivery.user);
  // Said by the outbox, which goes on trying: Slack may be what it broke on.
  if (lookup.kind === "member") {
    const isOpen = row.kind === "mention" && delivery.ts !== undefined;
    await deps.say({
      key: `gave-up.${id}`,
      channel: isOpen ? delivery.channel : delivery.user,
      fallbackUser: delivery.user,
      view: said(textsFor(lookup.person.locale).giveUp(id)),
      ...(isOpen && { threadTs: delivery.threadTs ?? delivery.ts ?? "" }),
    });
  }
  await deps.store
    .updateTable("inbound")
    .set({ state: "parked", handled_at: deps.now() })
    .where("key", "=", key)
    .execute();
}
