import { lookup as lookUp, type LookupAddress } from "node:dns";
import http from "node:http";
import https from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { gunzipSync } from "node:zlib";
import { isPublicAddress } from "./public-address.ts";

const TIMEOUT_MS = 20_000;
const MAX_REDIRECTS = 5;

/** The address is one that must not be reached. */
export class ForbiddenAddressError extends Error {
  override name = "ForbiddenAddressError";
}
/** More than may be read. */
export class TooLargeError extends Error {
  override name = "TooLargeError";
}

export interface FetchedPage {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
  /** Where it was at last, after redirects. */
  url: string;
}

export interface FetchRules {
  /** Names of hosts that may have a private address. */
  privateHosts: readonly string[];
  /** Whether a redirect may lead there. */
  mayFollow(url: string): boolean;
  maxBytes: number;
  signal?: AbortSignal | undefined;
  /** Default: the machine's resolver. */
  resolve?: ((host: string) => Promise<readonly LookupAddress[]>) | undefined;
}

export interface FetchOptions {
  /** Sent by POST, which no redirect repeats; without it GET. */
  body?: string | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Over connections whose address was looked at when they were made, at every redirect anew: a name that leads to a private
 * address is not reached, whenever it begins to. Throws what the network throws, ForbiddenAddressError, TooLargeError.
 */
export function createFetcher(rules: FetchRules): {
  fetch(
    url: string,
    headers?: Readonly<Record<string, string>>,
    options?: FetchOptions,
  ): Promise<FetchedPage>;
  close(): void;
} {
  const lookup = guardedLookup(rules);
  const agents = {
    "http:": new http.Agent({ keepAlive: true, maxSockets: 4, lookup }),
    "https:": new https.Agent({ keepAlive: true, maxSockets: 4, lookup }),
  };
  const getOnce = (
    url: URL,
    headers: Readonly<Record<string, string>>,
    { body: sent, signal }: FetchOptions,
  ): Promise<FetchedPage> => {
    if (url.protocol !== "http:" && url.protocol !== "https:")
      throw new ForbiddenAddressError(`${url.protocol} is not fetched`);
    // An address in the place of a name is never looked up.
    const host = url.hostname.replace(/^\[|\]$/g, "");
    if (isIP(host) !== 0 && !isPublicAddress(host) && !rules.privateHosts.includes(host))
      throw new ForbiddenAddressError(`${host} is a private address`);
    const isSecure = url.protocol === "https:";
    return new Promise((resolve, reject) => {
      const request = (isSecure ? https : http).request(
        url,
        {
          method: sent === undefined ? "GET" : "POST",
          agent: agents[isSecure ? "https:" : "http:"],
          headers: { "user-agent": "jibsa", accept: "*/*", "accept-encoding": "gzip", ...headers },
          signal: AbortSignal.any([
            AbortSignal.timeout(TIMEOUT_MS),
            ...[rules.signal, signal].filter((one) => one !== undefined),
          ]),
        },
        (response) => {
          readBody(response, rules.maxBytes).then(
            (body) =>
              resolve({ status: response.statusCode ?? 0, headers: response.headers, body, url: url.href }),
            (error: unknown) => {
              request.destroy();
              reject(error);
            },
          );
        },
      );
      request.on("error", reject);
      request.end(sent);
    });
  };
  return {
    async fetch(url, headers = {}, options = {}) {
      let at = new URL(url);
      for (let redirects = 0; ; redirects += 1) {
        const page = await getOnce(at, headers, options);
        const location = page.headers.location;
        if (![301, 302, 303, 307, 308].includes(page.status) || location === undefined) return page;
        if (options.body !== undefined)
          throw new ForbiddenAddressError(`${url} redirects what is sent to it`);
        const next = new URL(location, at);
        next.hash = "";
        if (redirects >= MAX_REDIRECTS) throw new ForbiddenAddressError(`${url} redirects too often`);
        if ((at.protocol === "https:" && next.protocol !== "https:") || !rules.mayFollow(next.href))
          throw new ForbiddenAddressError(`${url} redirects to ${next.origin}`);
        at = next;
      }
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

function guardedLookup({ privateHosts, resolve = resolveAll }: FetchRules): LookupFunction {
  return (host, options, callback) => {
    resolve(host).then(
      (addresses) => {
        const forbidden = addresses.find(({ address }) => !isPublicAddress(address));
        const [first] = addresses;
        if (first === undefined) callback(new Error(`${host} has no address`), "");
        else if (forbidden !== undefined && !privateHosts.includes(host))
          callback(new ForbiddenAddressError(`${host} is at the private address ${forbidden.address}`), "");
        else if (options.all === true) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, ""),
    );
  };
}

function resolveAll(host: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) =>
    lookUp(host, { all: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error))),
  );
}

async function readBody(response: http.IncomingMessage, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > maxBytes) throw new TooLargeError(`more than ${maxBytes} bytes`);
    parts.push(part);
  }
  const body = Buffer.concat(parts);
  return response.headers["content-encoding"] === "gzip" && body.length > 0 ? unpack(body, maxBytes) : body;
}

export function unpack(body: Buffer, maxBytes: number): Buffer {
  try {
    return gunzipSync(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE")
      throw new TooLargeError(`unpacks to more than ${maxBytes} bytes`);
    throw error;
  }
}
