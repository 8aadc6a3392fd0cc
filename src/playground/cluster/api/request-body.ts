import type { IncomingMessage } from "node:http";
import { parseDocument } from "yaml";
import type { JsonObject } from "../objects/kubernetes-object.ts";
import { isJsonObject } from "../objects/kubernetes-object.ts";
import { PROTOBUF, readProtobuf } from "./read-protobuf.ts";
import { badRequest, tooLarge, unsupportedMediaType } from "../errors/refusals.ts";

/** As the real API server's. */
const LARGEST_BODY_BYTES = 3 * 1024 * 1024;
const DEEPEST_NESTING = 200;

/** Reads at most 3 MiB; throws 413 beyond. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY_BYTES) throw tooLarge(LARGEST_BODY_BYTES);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function mediaTypeOf(request: Pick<IncomingMessage, "headers">): string {
  return (request.headers["content-type"] ?? "application/json").split(";")[0]?.trim().toLowerCase() ?? "";
}

/** Throws 400 for what is no JSON or YAML, 415 for other media types. */
export function parseBody(body: Buffer, mediaType: string): unknown {
  const text = body.toString("utf8");
  switch (mediaType) {
    case "":
    case "application/json":
    case "application/json-patch+json":
    case "application/merge-patch+json":
    case "application/strategic-merge-patch+json":
      return checked(parseJson(text));
    case "application/yaml":
    case "application/apply-patch+yaml":
      return checked(parseYaml(text));
    case PROTOBUF:
      return checked(readProtobuf(body));
    default:
      throw unsupportedMediaType(["application/json", "application/yaml", PROTOBUF]);
  }
}

/** A body that must be an object. */
export function parseObjectBody(body: Buffer, mediaType: string): JsonObject {
  const value = parseBody(body, mediaType);
  if (!isJsonObject(value)) {
    throw badRequest("couldn't get version/kind; json parse error: the body must be an object");
  }
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${(error as Error).message}`);
  }
}

function parseYaml(text: string): unknown {
  const document = parseDocument(text, { merge: false, stringKeys: true });
  const [problem] = document.errors;
  if (problem) throw badRequest(`error parsing YAML: ${problem.message}`);
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (error) {
    throw badRequest(`error parsing YAML: ${(error as Error).message}`);
  }
}

/** Without recursion, because the nesting is the sender's choice. */
function checked(value: unknown): unknown {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST_NESTING) throw badRequest("the body is nested too deeply");
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== "object" || item === null) continue;
      if (Object.hasOwn(item, "__proto__")) throw badRequest('unknown field "__proto__"');
      for (const child of Object.values(item)) next.push(child);
    }
    level = next;
  }
  return value;
}
