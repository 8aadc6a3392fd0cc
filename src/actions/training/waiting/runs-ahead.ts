import type { Store } from "../../../store/database.ts";
import type { Preview } from "../../ports.ts";
import type { RunRow } from "../find-run.ts";
import type { FoundInQueue } from "./find-in-queue.ts";
import type { RunAhead } from "./waiting-explanation.ts";

const AT_MOST = 20;

/** Who comes before, as its queue says; without a queue our own runs that began to wait earlier for GPUs of the same type. */
export async function runsAhead(
  store: Store,
  run: RunRow,
  inQueue: FoundInQueue | undefined,
  isVisible: (run: RunRow) => boolean,
): Promise<readonly RunAhead[]> {
  if (inQueue !== undefined) return ofQueue(store, inQueue, isVisible);
  const rows = await store
    .selectFrom("runs")
    .innerJoin("requests", "requests.id", "runs.request_id")
    .selectAll("runs")
    .select("requests.preview")
    .where("runs.cluster", "=", run.cluster)
    .where("runs.state", "=", "queued")
    .where("runs.created_at", "<", run.created_at)
    .where("runs.gpus", ">", 0)
    .orderBy("runs.created_at")
    .limit(AT_MOST * 5)
    .execute();
  const own = rows.length === 0 ? undefined : await typeOf(store, run);
  return rows
    .filter(({ preview }) => {
      const type = (preview as Preview | null)?.gpuType;
      return type === undefined || own === undefined || type === own;
    })
    .filter(isVisible)
    .slice(0, AT_MOST)
    .map(({ title, owner, gpus }) => ({ title, owner, gpus }));
}

async function typeOf(store: Store, run: RunRow): Promise<string | undefined> {
  const request = await store
    .selectFrom("requests")
    .select("preview")
    .where("id", "=", run.request_id)
    .executeTakeFirst();
  return (request?.preview as Preview | null | undefined)?.gpuType;
}

/** What is not one of our runs, or not for this person to see, keeps the name that the cluster shows. */
async function ofQueue(
  store: Store,
  { ahead }: FoundInQueue,
  isVisible: (run: RunRow) => boolean,
): Promise<readonly RunAhead[]> {
  const uids = ahead.flatMap(({ ownerUid }) => ownerUid ?? []);
  const rows =
    uids.length === 0 ? [] : await store.selectFrom("runs").selectAll().where("uid", "in", uids).execute();
  return ahead.slice(0, AT_MOST).map(({ ownerUid, ownerName, gpus, priority }) => {
    const row = rows.find(({ uid }) => uid === ownerUid);
    const shared = { priority, ...(gpus !== undefined && { gpus }) };
    return row !== undefined && isVisible(row)
      ? { title: row.title, owner: row.owner, ...shared }
      : { title: ownerName, ...shared };
  });
}
