import { Parser } from "htmlparser2";
import {
  checkSourceName,
  DocumentUnreadableError,
  type DocumentSource,
  type ListedDocument,
  type SkippedDocument,
} from "../../document-source.ts";
import { isTooLarge, pageFormat, type SizeLimits } from "../../page-format.ts";
import { encodeStrictly, signRequest, type S3Keys } from "./sign-request.ts";

const TIMEOUT_MS = 60_000;
const MAX_LIST_BYTES = 16 * 1024 * 1024;

export interface S3SourceOptions {
  name: string;
  /** Of the service, without the bucket: "https://s3.ap-northeast-2.amazonaws.com", "http://minio:9000". */
  endpoint: string;
  bucket: string;
  /** Only objects whose key begins with it. */
  prefix?: string | undefined;
  /** Default us-east-1, which services other than AWS take. */
  region?: string | undefined;
  /** Undefined: the bucket is open to everybody. */
  keys?: S3Keys | undefined;
  /** Where people open an object, with {path}. Default: the object's own address. */
  link?: string | undefined;
  limits: SizeLimits;
  everyMs?: number | undefined;
  now?: () => Date;
}

/** The objects of a bucket, of AWS or of anything that speaks its API. Their marks are ETags. */
export function createS3Source(options: S3SourceOptions): DocumentSource {
  checkSourceName(options.name);
  const { bucket, limits, region = "us-east-1", now = () => new Date() } = options;
  const base = `${options.endpoint.replace(/\/$/, "")}/${encodeStrictly(bucket)}`;
  const addressOf = (key: string): string => `${base}/${encodeKey(key)}`;
  const linkOf = (key: string): string =>
    options.link === undefined ? addressOf(key) : options.link.replaceAll("{path}", () => encodeKey(key));

  async function get(url: URL, maxBytes: number, signal: AbortSignal | undefined): Promise<S3Answer> {
    const response = await fetch(url, {
      headers: options.keys === undefined ? {} : signRequest(url, options.keys, region, now()),
      redirect: "error",
      signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(signal === undefined ? [] : [signal])]),
    });
    return { status: response.status, headers: response.headers, body: await readAtMost(response, maxBytes) };
  }

  return {
    name: options.name,
    ...(options.everyMs === undefined ? {} : { everyMs: options.everyMs }),
    settings: linkOf(""),

    async list(signal) {
      const documents: ListedDocument[] = [];
      const skipped: SkippedDocument[] = [];
      for (let token: string | undefined = ""; token !== undefined;) {
        const url = new URL(base);
        url.searchParams.set("list-type", "2");
        if (options.prefix !== undefined) url.searchParams.set("prefix", options.prefix);
        if (token !== "") url.searchParams.set("continuation-token", token);
        const { status, body } = await get(url, MAX_LIST_BYTES, signal);
        if (status !== 200)
          throw new Error(`the bucket ${bucket} cannot be listed: ${errorOf(status, body)}`);
        const { objects, next } = readListing(body.toString("utf8"));
        for (const { key, etag, bytes } of objects) {
          // "guides/" is how consoles draw a folder.
          if (key.endsWith("/") || key.split("/").some((part) => part.startsWith("."))) continue;
          if (pageFormat(key) === undefined) skipped.push({ path: key, reason: "not-a-text-format" });
          else if (isTooLarge(key, bytes, limits)) skipped.push({ path: key, reason: "too-large" });
          else documents.push({ path: key, mark: `${etag}.${bytes}` });
        }
        token = next;
      }
      return { documents, skipped };
    },

    async read(path, signal) {
      const format = pageFormat(path);
      if (format === undefined) throw new DocumentUnreadableError(path, "not-a-text-format");
      const { status, headers, body } = await get(
        new URL(addressOf(path)),
        Math.max(limits.text, limits.document),
        signal,
      );
      if (status === 403) throw new DocumentUnreadableError(path, "forbidden");
      if (status === 404) throw new DocumentUnreadableError(path, "not-found");
      if (status !== 200) throw new Error(`${path}: ${errorOf(status, body)}`);
      const changedMs = Date.parse(headers.get("last-modified") ?? "");
      return {
        path,
        bytes: body,
        format,
        updatedAt: Number.isNaN(changedMs) ? now() : new Date(changedMs),
        url: new URL(linkOf(path)).href,
      };
    },
  };
}

interface S3Answer {
  status: number;
  headers: Headers;
  body: Buffer;
}

const encodeKey = (key: string): string => key.split("/").map(encodeStrictly).join("/");

async function readAtMost(response: Response, maxBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > maxBytes) throw new DocumentUnreadableError(response.url, "too-large");
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** ListObjectsV2's answer: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
function readListing(xml: string): {
  objects: readonly { key: string; etag: string; bytes: number }[];
  next: string | undefined;
} {
  const objects: { key: string; etag: string; bytes: number }[] = [];
  const path: string[] = [];
  let text = "";
  let next: string | undefined;
  const parser = new Parser(
    {
      onopentag(name) {
        path.push(name);
        text = "";
        if (name === "Contents") objects.push({ key: "", etag: "", bytes: 0 });
      },
      ontext(part) {
        text += part;
      },
      onclosetag() {
        const [parent, name] = path.slice(-2);
        path.pop();
        const object = objects.at(-1);
        if (parent === "Contents" && object !== undefined) {
          if (name === "Key") object.key = text;
          if (name === "ETag") object.etag = text.replaceAll('"', "");
          if (name === "Size") object.bytes = Number(text);
        }
        if (name === "NextContinuationToken" && text !== "") next = text;
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.write(xml);
  parser.end();
  return { objects, next };
}

/** S3 says why in a <Code>. */
function errorOf(status: number, body: Buffer): string {
  const code = /<Code>(\w{1,60})<\/Code>/.exec(body.toString("utf8", 0, 2_000))?.[1];
  return code === undefined ? String(status) : `${status} ${code}`;
}
