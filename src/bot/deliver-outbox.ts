import type { WebClient } from "@slack/web-api";
import type { Logger } from "pino";
import type { Store } from "../store/database.ts";
import { crashPoint } from "../store/crash-point.ts";
import { said } from "./bot-deps.ts";
import { deliverFile } from "./deliver-file.ts";
import {
  addLine,
  claimNextLine,
  markFailed,
  markSent,
  postpone,
  type OutboxFile,
  type OutboxPayload,
} from "./outbox.ts";
import { readSlackError } from "./slack-error.ts";
import { textsFor } from "./texts/texts.ts";

const EVENT_TYPE = "jibsa_line";
const MAX_WAIT_MS = 60_000;
const PAGE = 200;
const MAX_PAGES = 10;
const CLOCKS_APART_S = 600;

interface DeliverDeps {
  store: Store;
  client: WebClient;
  now(): Date;
  logger: Logger;
}
type Line = Extract<Awaited<ReturnType<typeof claimNextLine>>, { kind: "claimed" }>["line"];

/**
 * Sends a channel's pending lines in their order. Before a line is sent a second time, the channel is read for the first:
 * its answer may have been lost, or this process may have died before it wrote the message's time down. `heldForMs`: another
 * sender is at it, which looks for the next line itself, unless it has died.
 */
export async function deliverOutbox(
  deps: DeliverDeps,
  channel: string,
  signal: AbortSignal,
): Promise<void | { againInMs: number } | { heldForMs: number }> {
  while (!signal.aborted) {
    const next = await claimNextLine(deps.store, channel, deps.now());
    if (next.kind === "empty") return;
    if (next.kind === "held") return { heldForMs: next.inMs };
    if (next.kind === "later") return { againInMs: next.inMs };
    if (next.kind === "skipped") continue;
    const waitMs = await deliver(deps, next.line, next.payload);
    if (waitMs !== undefined) {
      await postpone(deps.store, next.line.id, new Date(deps.now().getTime() + waitMs), "waiting");
      return { againInMs: waitMs };
    }
  }
}

/** Undefined when the line is done with, else how long to wait. */
async function deliver(deps: DeliverDeps, line: Line, payload: OutboxPayload): Promise<number | undefined> {
  const { store, client, logger } = deps;
  const message = await messageOf(store, line);
  const threadTs = message?.thread_ts ?? line.thread_ts ?? (await tsUnder(store, payload)) ?? undefined;
  const content = {
    text: payload.view.text,
    blocks: payload.view.blocks,
    unfurl_links: false,
    unfurl_media: false,
  };
  try {
    if (payload.file !== undefined) {
      const waitMs = await deliverFile(deps, line, { ...payload, file: payload.file }, threadTs);
      if (waitMs === undefined) await finish(deps, line, undefined);
      return waitMs;
    }
    let ts = message?.ts ?? (line.attempts > 0 ? await findEarlier(deps, line, threadTs) : undefined);
    if (ts !== undefined && message?.ts !== undefined && message.ts !== null) {
      await client.chat.update({ channel: line.channel, ts, text: content.text, blocks: content.blocks });
    } else if (ts === undefined) {
      const posted = await client.chat.postMessage({
        channel: line.channel,
        ...content,
        ...(threadTs !== undefined && { thread_ts: threadTs }),
        metadata: { event_type: EVENT_TYPE, event_payload: { key: line.key } },
      });
      crashPoint("CP8");
      ts = posted.ts;
    }
    crashPoint("CP9");
    await finish(deps, line, ts);
    return undefined;
  } catch (error) {
    const failure = readSlackError(error);
    logger.warn({ failure, key: line.key, attempts: line.attempts }, "a line could not be sent");
    switch (failure.kind) {
      case "rate-limited":
        return failure.retryAfterMs;
      case "unknown":
        return Math.min(MAX_WAIT_MS, 500 * 2 ** Math.min(line.attempts, 7));
      case "message-gone":
        if (message?.ts === undefined || message.ts === null) break;
        await store
          .updateTable("messages")
          .set({ ts: null })
          .where("subject", "=", line.subject ?? "")
          .where("purpose", "=", line.purpose ?? "")
          .execute();
        return 100;
      case "refused-content":
        if (content.blocks.length > 0) {
          logger.error(
            { key: line.key, error: failure.error },
            "Slack refuses the blocks of a line: sent as text",
          );
          await store
            .updateTable("outbox")
            .set({ payload: JSON.stringify({ ...payload, view: { text: payload.view.text, blocks: [] } }) })
            .where("id", "=", line.id)
            .execute();
          return 100;
        }
        break;
      case "unreachable-place":
        if (payload.fallbackUser !== undefined && payload.fallbackUser !== line.channel)
          await addLine(store, {
            key: `${line.key}.direct`,
            channel: payload.fallbackUser,
            view: payload.view,
            ...(payload.file !== undefined && { file: payload.file }),
          });
        break;
      case "refused":
        if (payload.file !== undefined) await tellRefused(deps, line, payload.file, threadTs, failure.error);
        break;
    }
    await markFailed(store, line.id, failure.error);
    return undefined;
  }
}

/** Whoever asked for a file learns why there is none, as where the app was installed without the right to upload. */
async function tellRefused(
  { store }: DeliverDeps,
  line: Line,
  file: OutboxFile,
  threadTs: string | undefined,
  error: string,
): Promise<void> {
  await addLine(store, {
    key: `${line.key}.refused`,
    channel: line.channel,
    ...(threadTs !== undefined && { threadTs }),
    view: said(textsFor(file.locale).metrics.fileRefused(file.title, error)),
  });
}

async function finish({ store, now }: DeliverDeps, line: Line, ts: string | undefined): Promise<void> {
  await store.transaction().execute(async (transaction) => {
    if (line.subject !== null && ts !== undefined)
      await transaction
        .updateTable("messages")
        .set({ ts })
        .where("subject", "=", line.subject)
        .where("purpose", "=", line.purpose ?? "")
        .execute();
    await markSent(transaction, line.id, now());
  });
}

async function messageOf(store: Store, line: Line) {
  if (line.subject === null) return undefined;
  return store
    .selectFrom("messages")
    .selectAll()
    .where("subject", "=", line.subject)
    .where("purpose", "=", line.purpose ?? "")
    .executeTakeFirst();
}

async function tsUnder(store: Store, payload: OutboxPayload): Promise<string | undefined> {
  if (payload.under === undefined) return undefined;
  const row = await store
    .selectFrom("messages")
    .select(["ts", "thread_ts"])
    .where("subject", "=", payload.under.subject)
    .where("purpose", "=", payload.under.purpose)
    .executeTakeFirst();
  return row?.thread_ts ?? row?.ts ?? undefined;
}

/** The message of an earlier attempt, by the key in its metadata. What others wrote since may fill pages. */
async function findEarlier(
  { client }: DeliverDeps,
  line: Line,
  threadTs: string | undefined,
): Promise<string | undefined> {
  const oldest = String(Math.floor(line.created_at.getTime() / 1_000) - CLOCKS_APART_S);
  const common = { channel: line.channel, include_all_metadata: true, limit: PAGE, oldest };
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const asked = { ...common, ...(cursor !== undefined && { cursor }) };
    const { messages, response_metadata: next } =
      threadTs === undefined
        ? await client.conversations.history(asked)
        : await client.conversations.replies({ ...asked, ts: threadTs });
    const found = (messages ?? []).find((message) => {
      const { metadata } = message as {
        metadata?: { event_type?: string; event_payload?: { key?: unknown } };
      };
      return metadata?.event_type === EVENT_TYPE && metadata.event_payload?.key === line.key;
    });
    cursor = next?.next_cursor;
    if (found !== undefined || cursor === undefined || cursor === "") return found?.ts;
  }
  return undefined;
}
