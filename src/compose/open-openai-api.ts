import { randomBytes } from "node:crypto";
import type { Logger } from "pino";
import { createOpenAiApi, type OpenAiApi } from "../api/openai/create-openai-api.ts";
import { createReadableAudiences, type ReadableAudiences } from "../bot/readers/readable-audiences.ts";
import { createSlackDirectory } from "../bot/readers/slack-directory.ts";
import { createBackgroundClient, type SlackConnection } from "../bot/slack-clients.ts";
import { createSlackPeople, stageApprovers, type SlackPeople } from "../bot/slack-people.ts";
import { localeOfText, textsFor } from "../bot/texts/texts.ts";
import type { Config } from "../config.ts";
import { createAudienceReader } from "../rag/audience-rows.ts";
import type { Rag } from "../rag/create-rag.ts";
import type { Store } from "../store/database.ts";
import { openKnowledge } from "./open-knowledge.ts";
import type { Embedded } from "./start-embedded.ts";

/** What a process has that answers questions. */
export interface Knowing {
  rag: Pick<Rag, "answer" | "embedder" | "readableSources">;
  people: Pick<SlackPeople, "findPerson">;
  readers: Pick<ReadableAudiences, "ofPerson">;
}

/** /v1 of the api port: beside a worker over its knowledge, alone over its own. Undefined where no index can be reached. */
export async function openOpenAiApi(deps: {
  config: Config;
  addresses: Embedded["addresses"];
  connection: SlackConnection;
  store: Store;
  apiPort: number;
  pagesUrl: string;
  /** Of a worker in this process. */
  knowing: Knowing | undefined;
  logger: Logger;
  onClose: (closer: () => Promise<void>) => void;
}): Promise<OpenAiApi | undefined> {
  const { config, store, logger, apiPort } = deps;
  const knowing = deps.knowing ?? (await openOwnKnowledge(deps));
  if (knowing === undefined) {
    logger.warn({}, "no Milvus address: /v1 answers only beside a worker");
    return undefined;
  }
  return createOpenAiApi({
    store,
    answer: (question) => knowing.rag.answer(question),
    embedder: knowing.rag.embedder,
    sources: (audiences) => knowing.rag.readableSources(audiences),
    findPerson: (id) => knowing.people.findPerson(id),
    audiencesOf: (person) => knowing.readers.ofPerson(person),
    texts: textsFor,
    localeOf: localeOfText,
    hosts: hostsOf(config, apiPort, deps.pagesUrl),
    requestsPerMinute: config.openaiApi.requestsPerMinute,
    logger,
    now: () => new Date(),
    nowMs: () => performance.now(),
    newId: () => `a${randomBytes(10).toString("hex")}`,
  });
}

async function openOwnKnowledge({
  config,
  addresses,
  connection,
  store,
  pagesUrl,
  logger,
  onClose,
}: Parameters<typeof openOpenAiApi>[0]): Promise<Knowing | undefined> {
  const { milvusAddress, model } = addresses;
  if (milvusAddress === undefined) return undefined;
  const knowledge = await openKnowledge({ config, store, logger, milvusAddress, model, apiUrl: pagesUrl });
  onClose(() => knowledge.close());
  const client = createBackgroundClient(connection);
  const self = await client.auth.test();
  const people = createSlackPeople({
    client,
    policy: config.policy,
    stageApprovers: stageApprovers(config.stages),
    logger,
    teamId: self.team_id ?? "",
    now: () => new Date(),
  });
  const readers = createReadableAudiences({
    directory: createSlackDirectory({ client, teamId: self.team_id ?? "" }),
    policy: config.policy,
    audiences: createAudienceReader(store),
    publicChannels: config.knowledge.publicChannels,
    logger,
  });
  return { rag: knowledge.rag, people, readers };
}

function hostsOf({ listen, openaiApi }: Config, apiPort: number, pagesUrl: string): readonly string[] {
  const names = ["127.0.0.1", "localhost", "[::1]", listen.host];
  return [...names.map((name) => `${name}:${apiPort}`), new URL(pagesUrl).host, ...openaiApi.hosts];
}
