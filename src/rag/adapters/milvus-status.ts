import { SearchUnavailableError } from "../ports.ts";

/** gRPC: deadline exceeded, unavailable, cancelled. */
const OUTAGE_CODES: ReadonlySet<unknown> = new Set([1, 4, 14]);

/** Milvus answered, and its answer is that it did not do it. */
export class MilvusStatusError extends Error {
  override name = "MilvusStatusError";
  /** Restarting Milvus Lite releases every collection. */
  readonly isNotLoaded: boolean;
  /** Somebody dropped the collection or its alias. */
  readonly isMissing: boolean;

  constructor(what: string, reason: string) {
    super(`${what}: ${reason}`);
    this.isNotLoaded = /not\s*load|released|call load/i.test(reason);
    this.isMissing = /collection.*(?:not (?:found|exist)|does not exist)|can't find collection/i.test(reason);
  }
}

/**
 * Milvus reports failures in the answer instead of throwing, and the SDK turns calls that a server does not have into
 * `{}`. Both become errors here.
 */
export function expectSuccess(what: string, reply: unknown): void {
  const status = findStatus(reply);
  if (status === undefined) throw new MilvusStatusError(what, "the server does not know this call");
  const { error_code: errorCode, code } = status;
  const isSuccess = errorCode === "Success" || errorCode === 0 || errorCode === "0";
  if (!isSuccess || (code !== undefined && code !== 0)) throw new MilvusStatusError(what, reasonOf(status));
}

interface Status {
  error_code?: unknown;
  code?: unknown;
  reason?: unknown;
}

function findStatus(reply: unknown): Status | undefined {
  if (typeof reply !== "object" || reply === null) return undefined;
  if ("status" in reply) return findStatus(reply.status);
  return "error_code" in reply ? reply : undefined;
}

function reasonOf(status: Status): string {
  if (typeof status.reason === "string" && status.reason !== "") return status.reason;
  return `status ${JSON.stringify(status.error_code)}, code ${JSON.stringify(status.code)}`;
}

/** The SDK throws errors, plain status objects, and replies; callers get errors only. */
export function asError(what: string, thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  const status = findStatus(thrown);
  return new MilvusStatusError(what, status === undefined ? JSON.stringify(thrown) : reasonOf(status));
}

/** Whether the server could not be reached, as opposed to having refused. */
export function isOutage(error: Error): boolean {
  return (
    error instanceof SearchUnavailableError ||
    ("code" in error && OUTAGE_CODES.has(error.code)) ||
    /No connection established|ECONNREFUSED|ECONNRESET|Channel has been shut down|pool is draining/i.test(
      error.message,
    )
  );
}
