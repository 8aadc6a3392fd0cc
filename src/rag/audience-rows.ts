import { sql } from "kysely";
import type { Store } from "../store/database.ts";
import { PUBLIC_AUDIENCE, readersSchema, type Audience } from "./readers.ts";

/** A sync that interned an audience may not have written its documents yet. */
const UNUSED_FOR = "7 days";

/** Known before anything carries their id: an audience that has no row is read by nobody. */
export async function keepAudiences(store: Store, audiences: readonly Audience[]): Promise<void> {
  const kept = new Map(audiences.map((audience) => [audience.id, audience]));
  kept.delete(PUBLIC_AUDIENCE);
  if (kept.size === 0) return;
  const rows = [...kept.values()];
  await sql`insert into audiences (id, readers)
    select * from unnest(${rows.map(({ id }) => id)}::text[], ${rows.map(({ readers }) => JSON.stringify(readers))}::text[]::jsonb[])
    on conflict (id) do update set seen_at = now()`.execute(store);
}

/** Takes away what no document has carried for a week. */
export async function forgetUnusedAudiences(store: Store): Promise<void> {
  await sql`delete from audiences where seen_at < now() - ${UNUSED_FOR}::interval
    and not exists (select from documents where documents.audience = audiences.id)`.execute(store);
}

/** All but "public". Rows never change, so each is read once; which there are is asked each time. */
export function createAudienceReader(store: Store): () => Promise<readonly Audience[]> {
  const known = new Map<string, Audience>();
  return async () => {
    const ids = (await store.selectFrom("audiences").select("id").execute()).map(({ id }) => id);
    const unknown = ids.filter((id) => !known.has(id));
    if (unknown.length > 0) {
      const rows = await store.selectFrom("audiences").selectAll().where("id", "in", unknown).execute();
      for (const { id, readers } of rows) known.set(id, { id, readers: readersSchema.parse(readers) });
    }
    return ids.flatMap((id) => known.get(id) ?? []);
  };
}
