import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "pg";
import { openDeliveryJournal, type InboundDelivery } from "./delivery-journal.ts";
import { SteadyClient } from "./steady-client.ts";

/** A delivery that outlives this process. */
export interface TakenDelivery {
  /** When it is a row: whether it is a new one. "later": this process ends first, and the next one stores it. */
  stored: Promise<"new" | "duplicate" | "later">;
  /** Whatever follows from it was started. */
  settle(): void;
}

export interface Inbox {
  /**
   * The one write before an ack. While Postgres is known to answer, a line in a file of this machine, and the row follows; else
   * the row itself. Throws when neither can be had within 2 s.
   */
  take(delivery: InboundDelivery): Promise<TakenDelivery>;
  /** Stores what an earlier process had acknowledged and not stored, and hands it over. */
  recover(handle: (key: string) => Promise<void>): Promise<void>;
  /** What is acknowledged becomes a row first, if Postgres takes it within 2 s. */
  close(): Promise<void>;
}

const STORE_DEADLINE_MS = 2_000;
const AGAIN_MS = 1_000;
/** Acknowledgements go first: of a burst, the last one does not wait for the rows of those before it. */
const ROW_AFTER_MS = 3;
const RECORD = {
  name: "record-inbound",
  text: "insert into inbound (key, kind, payload) values ($1, $2, $3) on conflict (key) do nothing",
};

/**
 * Connections of their own for what Slack delivers. Their commit does not wait for the disk: the bell that is rung right
 * after it does, and a log is written in order. docs/decisions/0012-acknowledge-before-the-disk.md, 0013-delivery-journal.md
 */
export function openInbox(options: {
  connectionString: string;
  /** A file that no other process writes to. */
  journalFile: string;
  onProblem: (error: Error) => void;
}): Inbox {
  const { journal, leftover } = openDeliveryJournal(options.journalFile);
  const pool = new Pool({
    connectionString: options.connectionString,
    Client: SteadyClient,
    max: 4,
    connectionTimeoutMillis: 5_000,
    options: "-c synchronous_commit=off",
    application_name: "jibsa-inbox",
  });
  /** Postgres took the last row in time. */
  let isSteady = false;
  const ending = new AbortController();
  const closing = new AbortController();
  const recording = new Set<Promise<unknown>>();
  const fail = (error: Error): void => {
    isSteady = false;
    options.onProblem(error);
  };
  pool.on("error", fail);

  async function record({ key, kind, payload }: InboundDelivery): Promise<"new" | "duplicate"> {
    const { rowCount } = await within(
      STORE_DEADLINE_MS,
      pool.query({ ...RECORD, values: [key, kind, JSON.stringify(payload)] }),
    );
    isSteady = true;
    return rowCount === 1 ? "new" : "duplicate";
  }

  /** What is in the journal was promised: it is tried until it is a row. */
  async function recordForSure(delivery: InboundDelivery): Promise<"new" | "duplicate" | "later"> {
    while (!closing.signal.aborted) {
      try {
        return await record(delivery);
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
        await sleep(AGAIN_MS, undefined, { signal: closing.signal }).catch(() => undefined);
      }
    }
    return "later";
  }

  return {
    async take(delivery) {
      if (isSteady) {
        try {
          journal.append(delivery);
          const stored = sleep(ROW_AFTER_MS, undefined, { signal: ending.signal })
            .catch(() => undefined)
            .then(() => recordForSure(delivery));
          recording.add(stored);
          void stored.finally(() => recording.delete(stored));
          return { stored, settle: () => journal.settle(delivery.key) };
        } catch (error) {
          // A full disk: the row itself still can be had.
          options.onProblem(error instanceof Error ? error : new Error(String(error)));
        }
      }
      try {
        const outcome = await record(delivery);
        return { stored: Promise.resolve(outcome), settle: () => {} };
      } catch (error) {
        isSteady = false;
        throw error;
      }
    },
    async recover(handle) {
      for (const delivery of leftover) {
        const outcome = await recordForSure(delivery);
        if (outcome === "later") return;
        if (outcome === "new") await handle(delivery.key);
        journal.settle(delivery.key);
      }
    },
    async close() {
      ending.abort();
      await within(STORE_DEADLINE_MS, Promise.all(recording)).catch(fail);
      closing.abort();
      await pool.end();
      journal.close();
    },
  };
}

function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
