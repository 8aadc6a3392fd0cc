import { Pool } from "pg";
import type { InboundKind } from "./database.ts";
import { SteadyClient } from "./steady-client.ts";

export interface Inbox {
  /** The one insert before an ack: dedupe and intent together. */
  record(delivery: { key: string; kind: InboundKind; payload: unknown }): Promise<"new" | "duplicate">;
  close(): Promise<void>;
}

const RECORD = {
  name: "record-inbound",
  text: "insert into inbound (key, kind, payload) values ($1, $2, $3) on conflict (key) do nothing",
};

/**
 * Connections of their own for what Slack delivers. Their commit does not wait for the disk: the bell that is rung right
 * after the ack does, and a log is written in order. docs/decisions/0012-acknowledge-before-the-disk.md
 */
export function openInbox(options: { connectionString: string; onIdleError: (error: Error) => void }): Inbox {
  const pool = new Pool({
    connectionString: options.connectionString,
    Client: SteadyClient,
    max: 4,
    connectionTimeoutMillis: 5_000,
    options: "-c synchronous_commit=off",
    application_name: "jibsa-inbox",
  });
  pool.on("error", options.onIdleError);
  return {
    async record({ key, kind, payload }) {
      const { rowCount } = await pool.query({ ...RECORD, values: [key, kind, JSON.stringify(payload)] });
      return rowCount === 1 ? "new" : "duplicate";
    },
    close: () => pool.end(),
  };
}
