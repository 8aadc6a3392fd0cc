import type { ModelServer, ServedModel } from "../../rag/model-server.ts";
import { code, escapeMrkdwn, shorten, slackTime } from "../escape.ts";
import type { Texts } from "../texts/texts.ts";
import { bar, section, type MessageView } from "./message.ts";

export interface ListedServer {
  server: ModelServer;
  /** Undefined where it does not answer. */
  models: readonly ServedModel[] | undefined;
}

const SHOWN_SERVERS = 20;
const SHOWN_MODELS = 25;

/** Each server with the models that are configured on it, and those that it has. */
export function modelList(servers: readonly ListedServer[], texts: Texts): MessageView {
  const words = texts.models;
  if (servers.length === 0) return { text: words.none, blocks: [section(words.none)] };
  return {
    text: words.title,
    blocks: [
      section(`*${words.title}*`),
      ...servers
        .slice(0, SHOWN_SERVERS)
        .map((listed) => section(shorten(linesOf(listed, texts).join("\n"), 2_900))),
    ],
  };
}

function linesOf({ server, models }: ListedServer, texts: Texts): string[] {
  const words = texts.models;
  const head = `*${words.kinds[server.kind]}* · ${code(server.name)}`;
  if (models === undefined)
    return [
      `${head} · ⚠️ ${words.away}`,
      ...server.uses.map(({ name, model }) => words.configured(name, model)),
    ];
  const used = server.uses.map(({ name, model }) => {
    const isThere = models.some((served) => served.name === model || served.name === `${model}:latest`);
    const line = words.configured(name, model);
    return isThere ? line : `${line} · ⚠️ ${words.missing(server.pull === undefined ? undefined : model)}`;
  });
  const rest = models.length - SHOWN_MODELS;
  return [
    head,
    ...used,
    ...(models.length === 0 ? [words.empty] : models.slice(0, SHOWN_MODELS).map((one) => lineOf(one, texts))),
    ...(rest > 0 ? [words.more(rest)] : []),
  ];
}

function lineOf({ name, sizeBytes, kind, loaded }: ServedModel, texts: Texts): string {
  const words = texts.models;
  const facts = [
    code(name),
    ...(sizeBytes === undefined ? [] : [bytes(sizeBytes)]),
    ...(kind === undefined ? [] : [escapeMrkdwn(kind)]),
    ...(loaded === undefined
      ? []
      : [
          `*${words.loaded(
            bytes(loaded.memoryBytes),
            loaded.memoryBytes === 0 ? 0 : Math.round((100 * loaded.gpuBytes) / loaded.memoryBytes),
            loaded.until === undefined ? undefined : slackTime(loaded.until),
          )}*`,
        ]),
  ];
  return `• ${facts.join(" · ")}`;
}

export interface ShownPull {
  server: string;
  model: string;
  doneBytes: number;
  totalBytes: number;
  phase: "going" | "waiting" | "done" | "failed";
  /** Why it failed, in the server's words. */
  error: string | null;
}

/** The message of a pull that somebody asked for. */
export function pullProgress(pull: ShownPull, texts: Texts): MessageView {
  const words = texts.models;
  const { model, server, doneBytes, totalBytes, phase } = pull;
  const title = phase === "done" ? words.pulled(model, server) : words.pulling(model, server);
  const part = totalBytes === 0 ? 0 : Math.min(1, doneBytes / totalBytes);
  const progress =
    totalBytes === 0
      ? words.begins
      : `${bar(part)} ${Math.floor(part * 100)} % · ${bytes(doneBytes)} / ${bytes(totalBytes)}`;
  const lines: Readonly<Record<ShownPull["phase"], readonly string[]>> = {
    going: [progress],
    waiting: [progress, `⚠️ ${words.waiting}`],
    done: [`✅ ${words.ready}`],
    failed: [`⚠️ ${words.failed(shorten(pull.error ?? "", 300))}`],
  };
  return { text: title, blocks: [section([`*${title}*`, ...lines[phase]].join("\n"))] };
}

function bytes(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)} GB`;
  return count >= 1e6 ? `${Math.round(count / 1e6)} MB` : `${Math.round(count / 1e3)} kB`;
}
