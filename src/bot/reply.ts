import type { WebClient } from "@slack/web-api";
import type { Logger } from "pino";
import type { Delivery } from "./inbound/delivery.ts";
import type { OutboxLine } from "./outbox.ts";
import { readSlackError } from "./slack-error.ts";
import type { MessageView } from "./views/message.ts";

/**
 * Where an answer goes: to a command or in answer to a button only the person sees it; to a message, the thread does. What
 * others see too goes through the outbox, and stands there once however often the delivery of `id` is handled.
 */
export function createReply(deps: {
  client: WebClient;
  logger: Logger;
  id: string;
  say(line: OutboxLine): Promise<void>;
  fetch?: typeof fetch;
}) {
  const { client, logger, id } = deps;
  let said = 0;
  const send = deps.fetch ?? fetch;

  async function directly(
    user: string,
    view: MessageView,
  ): Promise<{ channel: string; threadTs: string } | undefined> {
    const { channel } = await client.conversations.open({ users: user });
    if (channel?.id === undefined) return undefined;
    const posted = await client.chat.postMessage({ channel: channel.id, ...content(view) });
    return posted.ts === undefined ? undefined : { channel: channel.id, threadTs: posted.ts };
  }

  async function visibly(delivery: Delivery, view: MessageView, threadTs: string | undefined): Promise<void> {
    said += 1;
    await deps.say({
      key: `reply.${id}.${said}`,
      channel: delivery.channel,
      fallbackUser: delivery.user,
      view,
      ...(threadTs !== undefined && { threadTs }),
    });
  }

  const isPrivate = ({ command, actionId, form }: Delivery): boolean =>
    command !== undefined || actionId !== undefined || form !== undefined;

  /** Only the person sees it. Where that is not possible, a direct message: `directView`, if it has to say something else there. */
  async function privately(
    delivery: Delivery,
    view: MessageView,
    directView: MessageView = view,
  ): Promise<void> {
    if (delivery.direct) return visibly(delivery, view, delivery.threadTs);
    try {
      await client.chat.postEphemeral({
        channel: delivery.channel,
        user: delivery.user,
        text: view.text,
        blocks: view.blocks,
        ...threadOf(delivery),
      });
    } catch (error) {
      const failure = readSlackError(error);
      if (failure.kind !== "unreachable-place") throw error;
      logger.info({ channel: delivery.channel, error: failure.error }, "answered by direct message");
      await directly(delivery.user, directView);
    }
  }

  return {
    privately,
    /** For everybody in the channel; where the bot may not write, to the person alone. Gives where it stands. */
    async post(
      { channel, user }: Delivery,
      view: MessageView,
    ): Promise<{ channel: string; threadTs: string } | undefined> {
      try {
        const posted = await client.chat.postMessage({ channel, ...content(view) });
        return posted.ts === undefined ? undefined : { channel, threadTs: posted.ts };
      } catch (error) {
        if (readSlackError(error).kind !== "unreachable-place") throw error;
        return directly(user, view);
      }
    },
    /** Whether `answer` is seen by the person alone. */
    isPrivate,
    /** A command and a button are answered privately, a message in its thread. */
    async answer(delivery: Delivery, view: MessageView): Promise<void> {
      if (isPrivate(delivery)) return privately(delivery, view);
      const threadTs = delivery.threadTs ?? (delivery.direct ? undefined : delivery.ts);
      await visibly(delivery, view, threadTs);
    },
    /** Puts another text in the place of the ephemeral message whose button was pressed; the buttons are gone with it. */
    async replace(delivery: Delivery, view: MessageView): Promise<void> {
      if (delivery.ephemeral && delivery.responseUrl !== undefined) {
        const response = await send(delivery.responseUrl, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ replace_original: true, text: view.text, blocks: view.blocks }),
          redirect: "error",
          signal: AbortSignal.timeout(3_000),
        }).catch((error: unknown) => {
          logger.info({ err: error }, "the response_url does not answer");
          return undefined;
        });
        if (response?.ok === true) return;
        logger.info({ status: response?.status }, "the response_url is used up");
      } else if (delivery.direct && delivery.ts !== undefined) {
        await client.chat.update({
          channel: delivery.channel,
          ts: delivery.ts,
          text: view.text,
          blocks: view.blocks,
        });
        return;
      }
      await privately(delivery, view);
    },
  };
}

export type Reply = ReturnType<typeof createReply>;

function content(view: MessageView) {
  return { text: view.text, blocks: view.blocks, unfurl_links: false, unfurl_media: false };
}

function threadOf(delivery: Delivery) {
  return delivery.threadTs === undefined ? {} : { thread_ts: delivery.threadTs };
}
