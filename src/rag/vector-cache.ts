import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { Store } from "../store/database.ts";
import type { VectorSpace } from "./ports.ts";

/** A text of an embedder, by its hash. */
export function textHash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** What this embedder last answered with; undefined: it never did. */
export async function knownDimension(store: Store, model: string): Promise<number | undefined> {
  const row = await store
    .selectFrom("embedders")
    .select("dimension")
    .where("model", "=", model)
    .executeTakeFirst();
  return row?.dimension;
}

export async function keepDimension(store: Store, { model, dimension }: VectorSpace): Promise<void> {
  await sql`insert into embedders (model, dimension) values (${model}, ${dimension})
    on conflict (model) do update set dimension = excluded.dimension, seen_at = now()`.execute(store);
}

/** By hash; what is not known is not in it. */
export async function readVectors(
  store: Store,
  { model, dimension }: VectorSpace,
  hashes: readonly string[],
): Promise<Map<string, Float32Array>> {
  if (hashes.length === 0) return new Map();
  const rows = await store
    .selectFrom("embeddings")
    .select(["text_hash", "vector"])
    .where("model", "=", model)
    .where("dimension", "=", dimension)
    .where(
      "text_hash",
      "in",
      hashes.map((hash) => Buffer.from(hash, "hex")),
    )
    .execute();
  return new Map(rows.map(({ text_hash, vector }) => [text_hash.toString("hex"), fromBytes(vector)]));
}

export async function keepVectors(
  store: Store,
  { model, dimension }: VectorSpace,
  vectors: ReadonlyMap<string, Float32Array>,
): Promise<void> {
  if (vectors.size === 0) return;
  await store
    .insertInto("embeddings")
    .values(
      [...vectors].map(([hash, vector]) => ({
        model,
        dimension,
        text_hash: Buffer.from(hash, "hex"),
        vector: toBytes(vector),
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The oldest go when there are more than `most`: a page that changes often leaves many behind. */
export async function trimVectors(store: Store, most: number): Promise<void> {
  await sql`delete from embeddings where made_at < (
    select made_at from embeddings order by made_at desc offset ${most} limit 1)`.execute(store);
}

function toBytes(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes;
}

function fromBytes(bytes: Buffer): Float32Array {
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}
