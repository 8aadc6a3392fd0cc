import type { JsonObject } from "../objects/kubernetes-object.ts";
import { unsupportedMediaType } from "../errors/refusals.ts";

export const PROTOBUF = "application/vnd.kubernetes.protobuf";
/** "k8s" and a zero byte come before every message. */
const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0x00]);

/** Field number -> name and what it holds; other fields are passed over. */
type Schema = Readonly<Record<number, readonly [name: string, type: FieldType]>>;
type FieldType = "text" | "texts" | "integer" | "bytes" | "map" | "byteMap" | Schema;

const metadata: Schema = {
  1: ["name", "text"],
  2: ["generateName", "text"],
  3: ["namespace", "text"],
  5: ["uid", "text"],
  6: ["resourceVersion", "text"],
  11: ["labels", "map"],
  12: ["annotations", "map"],
};
const resourceAttributes: Schema = {
  1: ["namespace", "text"],
  2: ["verb", "text"],
  3: ["group", "text"],
  4: ["version", "text"],
  5: ["resource", "text"],
  6: ["subresource", "text"],
  7: ["name", "text"],
};
const accessSpec: Schema = {
  1: ["resourceAttributes", resourceAttributes],
  2: ["nonResourceAttributes", { 1: ["path", "text"], 2: ["verb", "text"] }],
};

/** The kinds that kubectl sends in this form: its `auth` commands, the simple `create` ones, and what `drain` deletes by. */
const schemas: Readonly<Record<string, Schema>> = {
  ConfigMap: { 1: ["metadata", metadata], 2: ["data", "map"] },
  DeleteOptions: {
    1: ["gracePeriodSeconds", "integer"],
    2: ["preconditions", { 1: ["uid", "text"], 2: ["resourceVersion", "text"] }],
    4: ["propagationPolicy", "text"],
    5: ["dryRun", "texts"],
  },
  Namespace: { 1: ["metadata", metadata] },
  Secret: { 1: ["metadata", metadata], 2: ["data", "byteMap"], 3: ["type", "text"] },
  SelfSubjectAccessReview: { 1: ["metadata", metadata], 2: ["spec", accessSpec] },
  SelfSubjectReview: { 1: ["metadata", metadata] },
  SelfSubjectRulesReview: { 1: ["metadata", metadata], 2: ["spec", { 1: ["namespace", "text"] }] },
  ServiceAccount: { 1: ["metadata", metadata] },
  SubjectAccessReview: {
    1: ["metadata", metadata],
    2: ["spec", { ...accessSpec, 3: ["user", "text"], 4: ["groups", "texts"] }],
  },
};

const envelope: Schema = {
  1: ["typeMeta", { 1: ["apiVersion", "text"], 2: ["kind", "text"] }],
  2: ["raw", "bytes"],
};

/** The object in the body; throws 415 for kinds that this server takes as JSON only. */
export function readProtobuf(body: Buffer): JsonObject {
  const unsupported = unsupportedMediaType(["application/json", "application/yaml"]);
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) throw unsupported;
  try {
    const { typeMeta = {}, raw } = readMessage(body.subarray(MAGIC.length), envelope) as {
      typeMeta?: { apiVersion?: string; kind?: string };
      raw?: Buffer;
    };
    const schema = schemas[typeMeta.kind ?? ""];
    if (schema) return { ...typeMeta, ...readMessage(raw ?? Buffer.alloc(0), schema) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw unsupported;
}

function readMessage(bytes: Buffer, schema: Schema): JsonObject {
  const message: JsonObject = {};
  let offset = 0;
  const readNumber = (): number => {
    let value = 0;
    for (let shift = 0; shift < 49; shift += 7) {
      const byte = bytes.readUInt8(offset);
      offset += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError("a number is too long");
  };
  while (offset < bytes.length) {
    const tag = readNumber();
    const wireType = tag & 7;
    const field = schema[tag >> 3];
    if (wireType === 0) {
      const value = readNumber();
      if (field?.[1] === "integer") message[field[0]] = value;
    } else if (wireType === 2) {
      const end = readNumber() + offset;
      if (end > bytes.length) throw new RangeError("a field is cut off");
      if (field) keep(message, field[0], field[1], bytes.subarray(offset, end));
      offset = end;
    } else throw new RangeError(`unknown wire type ${wireType}`);
  }
  return message;
}

/** Go writes empty texts that JSON leaves out. */
function keep(message: JsonObject, name: string, type: FieldType, bytes: Buffer): void {
  if (type === "integer") throw new RangeError("a number was expected");
  if (type === "bytes") message[name] = bytes;
  else if (type === "text") {
    if (bytes.length > 0) message[name] = bytes.toString("utf8");
  } else if (type === "texts")
    message[name] = [...((message[name] ?? []) as string[]), bytes.toString("utf8")];
  else if (type === "map" || type === "byteMap") {
    const entry = readMessage(bytes, { 1: ["key", "bytes"], 2: ["value", "bytes"] }) as Record<
      string,
      Buffer
    >;
    const value = entry["value"]?.toString(type === "map" ? "utf8" : "base64") ?? "";
    message[name] = { ...(message[name] as object), [entry["key"]?.toString("utf8") ?? ""]: value };
  } else message[name] = readMessage(bytes, type);
}
