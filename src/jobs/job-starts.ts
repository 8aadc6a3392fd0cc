import { sql } from "kysely";
import type { Store } from "../store/database.ts";

/** Counts a start before the work begins, so that a job that takes its worker down is counted too. Returns how many. */
export async function countStart(store: Store, jobKey: string): Promise<number> {
  const row = await store
    .insertInto("job_starts")
    .values({ job_key: jobKey, starts: 1 })
    .onConflict((conflict) =>
      conflict.column("job_key").doUpdateSet({
        starts: sql<number>`job_starts.starts + 1`,
        updated_at: sql<Date>`now()`,
      }),
    )
    .returning("starts")
    .executeTakeFirstOrThrow();
  return row.starts;
}

/** The job is over or waits by its own wish: its starts are forgotten. */
export async function forgetStarts(store: Store, jobKey: string): Promise<void> {
  await store.deleteFrom("job_starts").where("job_key", "=", jobKey).execute();
}

/** Keeps the row as the record of a job that was given up. */
export async function recordParked(store: Store, jobKey: string, error: string): Promise<void> {
  await store
    .updateTable("job_starts")
    .set({ parked_at: sql<Date>`now()`, last_error: error.slice(0, 2_000), starts: 0 })
    .where("job_key", "=", jobKey)
    .execute();
}
