import { waitUntil } from "#test/wait-until.ts";
import type { RunningProcess } from "./start-process.ts";

/** Long enough for two cores that others work on as well. */
export const START_TIMEOUT_MS = 180_000;
const LOOK_EVERY_MS = 100;

/** Until the server is ready; a server that ends meanwhile is told at once, with the end of its log. */
export async function waitForServer(server: RunningProcess, isReady: () => Promise<boolean>): Promise<void> {
  await waitUntil(
    `${server.name} to be ready`,
    async () => {
      server.assertAlive();
      // Nobody listens yet.
      return isReady().catch(() => false);
    },
    START_TIMEOUT_MS,
    LOOK_EVERY_MS,
  );
}
