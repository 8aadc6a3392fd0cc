import { createHash } from "node:crypto";
import { sql, type Selectable, type Transaction } from "kysely";
import { canonicalJson } from "../store/audit.ts";
import type { Database, RequestState, Store } from "../store/database.ts";
import type { PlatformObject, Preview } from "./ports.ts";
import { releaseReservation } from "./reservations.ts";

export type RequestRow = Selectable<Database["requests"]>;
export type ApprovalRow = Selectable<Database["approvals"]>;

/** What an approval is bound to: what is done, with what, and the exact object. */
export function hashSpec(action: string, input: unknown, object: PlatformObject): string {
  return createHash("sha256").update(canonicalJson({ action, input, object })).digest("hex");
}

export function findRequest(store: Store, id: string): Promise<RequestRow | undefined> {
  return store.selectFrom("requests").selectAll().where("id", "=", id).executeTakeFirst();
}

export function previewOf(row: RequestRow): Preview {
  return row.preview as Preview;
}

/** The run that a request does something to; undefined: it starts one of its own. */
export function runIdOf(row: Pick<RequestRow, "spec">): string | undefined {
  return (row.spec as { spec?: { runId?: string } } | null)?.spec?.runId;
}

/** Locks the row until the transaction ends: deciders and starters come one after the other. */
export function lockRequest(transaction: Transaction<Database>, id: string): Promise<RequestRow | undefined> {
  return transaction.selectFrom("requests").selectAll().where("id", "=", id).forUpdate().executeTakeFirst();
}

const OPEN: readonly RequestState[] = ["previewed", "needs-approval", "queued", "running"];

/** Moves a locked request on and makes its messages due for a redraw. At an end, what it holds of limits is given back. */
export async function moveRequest(
  transaction: Transaction<Database>,
  id: string,
  state: RequestState,
  now: Date,
  outcome?: unknown,
): Promise<void> {
  await transaction
    .updateTable("requests")
    .set({
      state,
      version: sql<number>`version + 1`,
      updated_at: now,
      ...(outcome !== undefined && { outcome: outcome === null ? null : JSON.stringify(outcome) }),
    })
    .where("id", "=", id)
    .execute();
  if (!OPEN.includes(state)) await releaseReservation(transaction, id, now);
}
