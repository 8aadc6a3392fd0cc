import { join } from "node:path";
import type { Logger } from "pino";
import type { SlackConnection } from "../bot/slack-clients.ts";
import type { Config } from "../config.ts";
import { gitLink } from "../config/source-schema.ts";
import { createConfluenceSource } from "../rag/adapters/confluence-source/confluence-source.ts";
import { createFolderSource } from "../rag/adapters/folder-source.ts";
import { createGitSource } from "../rag/adapters/git-source/git-source.ts";
import { createNotionSource } from "../rag/adapters/notion-source/notion-source.ts";
import { createS3Source } from "../rag/adapters/s3-source/s3-source.ts";
import { createSlackSource } from "../rag/adapters/slack-source/slack-source.ts";
import { createWebsiteSource } from "../rag/adapters/website-source/website-source.ts";
import type { DocumentSource } from "../rag/document-source.ts";
import { readersOfBoth, type Readers } from "../rag/readers.ts";
import { readIndexedChannels } from "../rag/indexed-channels.ts";
import type { Store } from "../store/database.ts";

/** Slack's own. */
const SLACK_API = "https://slack.com/api/";

/** What the settings say of a source's readers holds for what its documents say themselves, too. */
function within(source: DocumentSource, readers: Readers): DocumentSource {
  return {
    ...source,
    readers,
    async list(signal) {
      const narrow = <Listed extends { readers?: Readers }>(listed: Listed): Listed =>
        listed.readers === undefined
          ? listed
          : { ...listed, readers: readersOfBoth(listed.readers, readers) };
      const { documents, skipped } = await source.list(signal);
      return { documents: documents.map(narrow), skipped: skipped.map(narrow) };
    },
  };
}

/** Every configured source over its adapter. */
export function openSources(
  config: Pick<Config, "knowledge" | "sourceTokens" | "dataDir">,
  options: { apiUrl: string; logger: Logger; store?: Store; slack?: SlackConnection | undefined },
): DocumentSource[] {
  const { knowledge } = config;
  const limits = { text: knowledge.maxFileSize, document: knowledge.maxDocumentSize };
  const openBucket = (
    name: string,
    everyMs: number | undefined,
    { accessKeyId, ...place }: NonNullable<(typeof knowledge.sources)[number]["s3"]>,
  ): DocumentSource => {
    const secretKey = config.sourceTokens[name];
    const keys =
      accessKeyId === undefined || secretKey === undefined ? undefined : { accessKeyId, secretKey };
    const { endpoint, bucket, prefix, region, link } = place;
    return createS3Source({ endpoint, bucket, prefix, region, link, name, everyMs, keys, limits });
  };
  const open = (source: (typeof knowledge.sources)[number]): DocumentSource => {
    const { name, every: everyMs, folder, git } = source;
    if (folder !== undefined)
      return createFolderSource({
        name,
        folder,
        everyMs,
        baseUrl: source.baseUrl ?? `${options.apiUrl}/docs/${name}/`,
        limits,
        onWatchError: (error) =>
          options.logger.warn({ err: error, source: name }, "the folder is not watched any more"),
      });
    if (git !== undefined)
      return createGitSource({
        ...git,
        name,
        everyMs,
        link: gitLink(git) ?? "",
        token: config.sourceTokens[name],
        protocols: knowledge.gitProtocols,
        cacheDir: join(config.dataDir, "sources"),
        limits,
      });
    if (source.website !== undefined)
      return createWebsiteSource({
        ...source.website,
        name,
        everyMs,
        cacheDir: join(config.dataDir, "sources"),
        maxBytes: knowledge.maxDocumentSize,
      });
    if (source.s3 !== undefined) return openBucket(name, everyMs, source.s3);
    if (source.confluence !== undefined) {
      const { groups, people, ...wiki } = source.confluence;
      return createConfluenceSource({
        ...wiki,
        name,
        everyMs,
        token: config.sourceTokens[name] ?? "",
        readers: { groups, people },
        maxBytes: knowledge.maxDocumentSize,
      });
    }
    if (source.notion !== undefined)
      return createNotionSource({
        ...source.notion,
        name,
        everyMs,
        token: config.sourceTokens[name] ?? "",
        maxBytes: knowledge.maxFileSize,
      });
    if (source.slack !== undefined) {
      const { store, slack } = options;
      return createSlackSource({
        ...source.slack,
        name,
        everyMs,
        connection: slack === undefined ? undefined : { apiUrl: SLACK_API, ...slack },
        channels: async () => (store === undefined ? [] : readIndexedChannels(store)),
        maxBytes: knowledge.maxFileSize,
      });
    }
    throw new Error(`source "${name}" is of no kind`);
  };
  return knowledge.sources.map((source) => {
    const { readers = "public" } = source;
    return within(open(source), readers === "public" ? readers : { allOf: [readers] });
  });
}
