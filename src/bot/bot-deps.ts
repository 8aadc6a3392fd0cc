import type { WebClient } from "@slack/web-api";
import type { Logger } from "pino";
import type { Actions } from "../actions/create-actions.ts";
import type { Person } from "../actions/ports.ts";
import type { Enqueue } from "../jobs/create-jobs.ts";
import type { AnswerEvent, Question } from "../rag/ports.ts";
import type { SourceState } from "../rag/source-state.ts";
import type { ModelServer } from "../rag/model-server.ts";
import type { SummaryEvent, ThreadRequest } from "../rag/summarise-thread.ts";
import type { Store } from "../store/database.ts";
import type { Delivery } from "./inbound/delivery.ts";
import type { OutboxLine } from "./outbox.ts";
import type { ReadableAudiences } from "./readers/readable-audiences.ts";
import type { Reply } from "./reply.ts";
import type { SlackPeople } from "./slack-people.ts";
import type { Texts } from "./texts/texts.ts";
import { shorten } from "./escape.ts";
import { section, type MessageView } from "./views/message.ts";

export interface BotDeps {
  store: Store;
  enqueue: Enqueue;
  actions: Actions;
  answer(question: Question): AsyncIterable<AnswerEvent>;
  summarise(thread: ThreadRequest): AsyncIterable<SummaryEvent>;
  /** Where documents come from. */
  sources: {
    /** Both: of which somebody with these audiences may know. */
    names(audiences: readonly string[]): Promise<readonly string[]>;
    states(audiences: readonly string[]): Promise<readonly SourceState[]>;
    /** The one of Slack channels; undefined where none is set up. */
    ofChannels?: string | undefined;
  };
  /** Whose documents may be used where. */
  readers: ReadableAudiences;
  /** Names of the models that may be asked for. */
  models(): readonly string[];
  /** The one that is tried first in this channel, where the settings say so. */
  usualModel(channel: string): string | undefined;
  /** Where the models are served. */
  modelServers: readonly ModelServer[];
  /** For what a person waits for. */
  client: WebClient;
  people: SlackPeople;
  reply: Reply;
  /** A line for the outbox, and the bell for its channel. */
  say(line: OutboxLine): Promise<void>;
  teamId: string;
  botUserId: string;
  logger: Logger;
  now(): Date;
}

/** The same, before it is known which delivery is answered. */
export interface Bot extends Omit<BotDeps, "reply"> {
  replyAbout(id: string, logger: Logger): Reply;
}

export interface HandlingContext {
  deps: BotDeps;
  delivery: Delivery;
  person: Person;
  /** Of what this delivery makes. */
  id: string;
  signal: AbortSignal;
  texts: Texts;
}

/** Slack takes 3,000 characters in a section. */
const MAX_SECTION = 2_900;

/** A message of one text. */
export const said = (text: string): MessageView => {
  const short = shorten(text, MAX_SECTION);
  return { text: short, blocks: [section(short)] };
};
