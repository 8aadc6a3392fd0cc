import { switchIndexedChannel } from "../../rag/indexed-channels.ts";
import { appendAudit } from "../../store/audit.ts";
import { askForSync } from "./ask-for-sync.ts";
import { said, type HandlingContext } from "../bot-deps.ts";
import { refusal } from "../denied-view.ts";
import { addLine } from "../outbox.ts";
import { readSlackError } from "../slack-error.ts";

/**
 * `/docs channel on`, `off`: whether the threads of this channel are documents. Said to everybody in it; whoever may write there
 * may switch it, and Slack lets only members write. What was indexed of it goes by the sync that is asked for.
 */
export async function switchChannel(context: HandlingContext, isOn: boolean): Promise<void> {
  const { deps, delivery, person, id, texts } = context;
  const action = "docs-channel";
  const answer = (text: string) => deps.reply.answer(delivery, said(text));
  const denied = refusal(context, action);
  if (denied !== undefined) return deps.reply.answer(delivery, denied);
  const source = deps.sources.ofChannels;
  if (source === undefined) return answer(texts.sources.noChannels);
  if (delivery.direct) return answer(texts.sources.onlyInChannels);
  const { channel } = delivery;
  if (isOn && !(await canRead(context))) return answer(texts.sources.inviteFirst);
  const who = `<@${person.slackUserId}>`;
  const key = `docs-channel.${id}`;
  const changed = await deps.store.transaction().execute(async (transaction) => {
    const isOther = await switchIndexedChannel(transaction, channel, {
      isOn,
      person: person.slackUserId,
      at: deps.now(),
    });
    if (!isOther) return false;
    await appendAudit(transaction, {
      actor: person.slackUserId,
      event: action,
      subject: `channel:${channel}`,
      detail: { channel, isOn },
    });
    await addLine(transaction, {
      key,
      channel,
      fallbackUser: person.slackUserId,
      view: said(isOn ? texts.sources.channelOn(who) : texts.sources.channelOff(who)),
    });
    return true;
  });
  if (changed) await deps.enqueue("deliver-outbox", { channel }, { deduplicationKey: key });
  else await answer(isOn ? texts.sources.isOnAlready : texts.sources.isOffAlready);
  // Also where nothing changed: a repetition of this delivery may have found what the first one did.
  await askForSync(context, source);
}

async function canRead({ deps, delivery }: HandlingContext): Promise<boolean> {
  try {
    await deps.client.conversations.history({ channel: delivery.channel, limit: 1 });
    return true;
  } catch (error) {
    const failure = readSlackError(error);
    if (failure.kind !== "unreachable-place") throw error;
    return false;
  }
}
