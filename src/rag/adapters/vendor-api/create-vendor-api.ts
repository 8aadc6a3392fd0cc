import type { LookupAddress } from "node:dns";
import type { IncomingHttpHeaders } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { createFetcher, type FetchedPage } from "../website-source/fetch-page.ts";

const MAX_BYTES = 64 * 1024 * 1024;
const MAX_TRIES = 5;
/** A server that wants to be left alone for longer is asked at the next sync. */
const LONGEST_WAIT_MS = 120_000;

/** Too many requests, away for a moment, and Notion's own word for too much work. */
const BUSY = new Set([429, 502, 503, 504, 529]);
/** A connection that was kept open may be closed at the other end while it is used again. */
const BROKEN = new Set(["ECONNRESET", "EPIPE"]);

/** The vendor's server refused, in its own words. */
export class VendorApiError extends Error {
  override name = "VendorApiError";
  readonly status: number;
  /** "" where something else than the vendor's API answered, such as a proxy. */
  readonly words: string;
  constructor(vendor: string, status: number, words: string) {
    super(`${vendor} answers ${status}${words === "" ? "" : `: ${words}`}`);
    this.status = status;
    this.words = words;
  }
}

export interface VendorApiOptions {
  /** As people call it. */
  vendor: string;
  /** Every request goes below it, and no redirect leads to another origin. */
  url: string;
  headers: Readonly<Record<string, string>>;
  /** Names of hosts that may be at a private address. */
  privateHosts: readonly string[];
  /** Between the starts of two requests; default none. */
  intervalMs?: number;
  /** For tests; default: the machine's resolver. */
  resolve?: ((host: string) => Promise<readonly LookupAddress[]>) | undefined;
  sleep?: ((ms: number, signal: AbortSignal | undefined) => Promise<void>) | undefined;
}

export interface VendorApi {
  /**
   * `query` is what follows "?". With `body` it is a POST. Waits as the server asks (busy with or without Retry-After, no requests left by
   * X-RateLimit-Remaining) and asks again. Throws VendorApiError for every other refusal, and Error for an answer that is not what the
   * vendor documents.
   */
  call<Schema extends z.ZodType>(
    schema: Schema,
    path: string,
    options?: { query?: URLSearchParams; body?: unknown; signal?: AbortSignal | undefined },
  ): Promise<z.output<Schema>>;
}

/** JSON over HTTP as the vendors of documents speak it, one request after the other. */
export function createVendorApi(options: VendorApiOptions): VendorApi {
  const { vendor, intervalMs = 0 } = options;
  const base = options.url.replace(/\/+$/, "");
  const { origin } = new URL(base);
  const sleep = options.sleep ?? ((ms, signal) => wait(ms, undefined, { signal }));
  const fetcher = createFetcher({
    privateHosts: options.privateHosts,
    mayFollow: (url) => new URL(url).origin === origin,
    maxBytes: MAX_BYTES,
    resolve: options.resolve,
  });
  let turn: Promise<unknown> = Promise.resolve();
  let freeAtMs = 0;

  async function send(url: string, body: unknown, signal: AbortSignal | undefined): Promise<FetchedPage> {
    const headers = {
      ...options.headers,
      accept: "application/json",
      ...(body !== undefined && { "content-type": "application/json" }),
    };
    for (let tries = 1; ; tries += 1) {
      const restMs = freeAtMs - performance.now();
      if (restMs > 0) await sleep(restMs, signal);
      signal?.throwIfAborted();
      freeAtMs = performance.now() + intervalMs;
      let answer: FetchedPage;
      try {
        answer = await fetcher.fetch(url, headers, {
          body: body === undefined ? undefined : JSON.stringify(body),
          signal,
        });
      } catch (error) {
        // All that is asked changes nothing, so it may be asked again.
        if (tries === 1 && BROKEN.has((error as { code?: string }).code ?? "")) continue;
        throw error;
      }
      freeAtMs = Math.max(freeAtMs, performance.now() + spentMs(answer.headers));
      const isBusy = BUSY.has(answer.status);
      if (!isBusy || tries >= MAX_TRIES) return answer;
      const waitMs = retryAfterMs(answer.headers) ?? 1_000 * 2 ** (tries - 1);
      if (waitMs > LONGEST_WAIT_MS)
        throw new VendorApiError(vendor, answer.status, "asked to be left alone for more than two minutes");
      await sleep(waitMs, signal);
    }
  }

  return {
    call(schema, path, { query, body, signal } = {}) {
      const search = query === undefined ? "" : `?${query.toString()}`;
      const work = turn.then(async () => {
        const answer = await send(`${base}${path}${search}`, body, signal);
        if (answer.status < 200 || answer.status > 299)
          throw new VendorApiError(vendor, answer.status, wordsOf(answer.body));
        const parsed = schema.safeParse(parseJson(answer.body));
        if (parsed.success) return parsed.data;
        const [issue] = parsed.error.issues;
        throw new Error(
          `${vendor} answers ${path} with something else than documented: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`,
        );
      });
      turn = work.catch(() => undefined);
      return work;
    },
  };
}

/** Undefined where the vendor itself says that it is not there, or not for this account. */
export async function orMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof VendorApiError && error.status === 404 && error.words !== "") return undefined;
    throw error;
  }
}

/** Seconds or a date; undefined: the server does not say. */
function retryAfterMs(headers: IncomingHttpHeaders): number | undefined {
  const text = headers["retry-after"];
  if (text === undefined || text === "") return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds) * 1_000;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - Date.now());
}

/**
 * How long until there are requests again, where the server counts them: Confluence Data Center fills its tokens every so many
 * seconds. A limit of 0 is none. https://confluence.atlassian.com/doc/adjusting-your-code-for-rate-limiting-992671967.html
 */
function spentMs(headers: IncomingHttpHeaders): number {
  const number = (name: string): number | undefined => {
    const text = headers[name];
    return typeof text === "string" && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  };
  if (number("x-ratelimit-remaining") !== 0 || number("x-ratelimit-limit") === 0) return 0;
  return Math.min(LONGEST_WAIT_MS, (number("x-ratelimit-interval-seconds") ?? 0) * 1_000);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** https://developer.atlassian.com/cloud/confluence/rest/v1, …/v2, https://developers.notion.com/reference/status-codes */
const refusalSchema = z.union([
  z.object({ statusCode: z.number(), message: z.string() }).transform(({ message }) => message),
  z
    .object({ errors: z.tuple([z.object({ status: z.number(), title: z.string() })], z.unknown()) })
    .transform(({ errors: [{ title }] }) => title),
  z.object({ object: z.literal("error"), message: z.string() }).transform(({ message }) => message),
]);

/** "" for what no vendor answers like that: a proxy or a gateway stands between. */
function wordsOf(body: Buffer): string {
  const refusal = refusalSchema.safeParse(parseJson(body));
  return refusal.success ? refusal.data.slice(0, 300) : "";
}
