import { pino } from "pino";
import { createJobs } from "#src/jobs/create-jobs.ts";
import type { QueueBackend } from "#src/jobs/open-queues.ts";
import type { OpenStore } from "#src/store/open-store.ts";

/** The bell for it waits in the queue already, so that a start of the bot does not ring: indexing is half of its work. */
export async function putIndexingOff(
  { store }: OpenStore,
  backend: QueueBackend,
  source = "pages",
): Promise<void> {
  const jobs = createJobs({ backend, store, logger: pino({ level: "silent" }) });
  await jobs.enqueue("index-source", { source }, { delayMs: 3_600_000 });
  await jobs.close();
}
