import type { MilvusClient } from "@zilliz/milvus2-sdk-node";
import { SearchUnavailableError } from "../ports.ts";
import { greetServer } from "./greet-server.ts";
import { asError, isOutage, MilvusStatusError } from "./milvus-status.ts";

export interface MilvusConnection {
  /**
   * Runs a call on an open session. A session that broke, or whose server was restarted, is opened anew, and the call
   * tried once more while time is left.
   * @throws SearchUnavailableError after `timeoutMs` at the latest
   */
  use<T>(what: string, timeoutMs: number, call: (session: MilvusSession) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface MilvusSession {
  client: MilvusClient;
  /** Milvus Lite needs a flush after each batch; Milvus flushes by itself and limits how often it may be asked. */
  isLite: boolean;
}

export interface MilvusServerOptions {
  /** "host:port" or a URL; a function where the server may come back elsewhere. */
  address: string | (() => string);
  /** "user:password" or an API key. */
  token?: string;
  database?: string;
}

const CONNECT_TIMEOUT_MS = 3_000;

/** `prepare` makes a new session usable: creates and loads what is missing. It is bounded by 60 s, callers by their own time. */
export function createMilvusConnection(
  server: MilvusServerOptions,
  prepare: (session: MilvusSession) => Promise<void>,
): MilvusConnection {
  let session: Promise<MilvusSession> | undefined;
  let isClosed = false;

  const open = async (): Promise<MilvusSession> => {
    const address = typeof server.address === "string" ? server.address : server.address();
    await greetServer(address, CONNECT_TIMEOUT_MS);
    const { MilvusClient } = await import("@zilliz/milvus2-sdk-node");
    const client = new MilvusClient({
      address,
      ...(server.token === undefined ? {} : { token: server.token }),
      ...(server.database === undefined ? {} : { database: server.database }),
      timeout: 10_000,
      maxRetries: 0,
      logLevel: "error",
      telemetry: { enabled: false },
      // grpc-js waits up to two minutes between two attempts to connect, and pings more often than servers like.
      channelOptions: {
        "grpc.initial_reconnect_backoff_ms": 100,
        "grpc.max_reconnect_backoff_ms": 1_000,
        "grpc.keepalive_time_ms": 60_000,
        "grpc.keepalive_permit_without_calls": 0,
      },
    });
    try {
      await within(CONNECT_TIMEOUT_MS, "connecting", client.connectPromise);
      const { version } = await client.getVersion();
      const opened = { client, isLite: version?.startsWith("milvus_lite") ?? false };
      await prepare(opened);
      return opened;
    } catch (thrown) {
      await close(client);
      throw asError("opening the index", thrown);
    }
  };

  const current = (): Promise<MilvusSession> => {
    if (isClosed) throw new SearchUnavailableError("the index is closed");
    if (session !== undefined) return session;
    const opening = open();
    session = opening;
    opening.catch(() => {
      if (session === opening) session = undefined;
    });
    return opening;
  };

  const drop = (broken: Promise<MilvusSession> | undefined): void => {
    if (broken === undefined || session !== broken) return;
    session = undefined;
    void broken.then(
      ({ client }) => close(client),
      () => undefined,
    );
  };

  const attempt = async <T>(what: string, call: (session: MilvusSession) => Promise<T>): Promise<T> => {
    const opening = current();
    try {
      return await call(await opening);
    } catch (thrown) {
      const error = asError(what, thrown);
      if (isOutage(error) || isNotLoaded(error) || isMissing(error)) drop(opening);
      throw error;
    }
  };

  return {
    async use(what, timeoutMs, call) {
      const startedMs = Date.now();
      const twice = async () => {
        try {
          return await attempt(what, call);
        } catch (error) {
          const isWorthIt = error instanceof Error && (isOutage(error) || isNotLoaded(error));
          if (!isWorthIt || Date.now() - startedMs > timeoutMs / 2) throw error;
          return attempt(what, call);
        }
      };
      const before = session;
      try {
        return await within(timeoutMs, what, twice());
      } catch (thrown) {
        const error = asError(what, thrown);
        // A server that holds the connection and does not answer: the next call begins with a new one.
        if (error instanceof SearchUnavailableError && before !== undefined) drop(before);
        if (isOutage(error) && !(error instanceof SearchUnavailableError))
          throw new SearchUnavailableError(`Milvus cannot be reached (${what}): ${error.message}`, {
            cause: error,
          });
        throw error;
      }
    },
    async close() {
      isClosed = true;
      const closing = session;
      session = undefined;
      if (closing !== undefined)
        await closing.then(
          ({ client }) => close(client),
          () => undefined,
        );
    },
  };
}

function isNotLoaded(error: Error): boolean {
  return error instanceof MilvusStatusError && error.isNotLoaded;
}

/** The next session makes it again, and the next sync fills it. */
function isMissing(error: Error): boolean {
  // The SDK stumbles over the description of a collection that is not there.
  return error instanceof MilvusStatusError ? error.isMissing : error instanceof TypeError;
}

async function close(client: MilvusClient): Promise<void> {
  // The connection attempt of a client that never connected rejects only now.
  client.connectPromise.catch(() => undefined);
  await within(2_000, "closing", client.closeConnection()).catch(() => undefined);
}

async function within<T>(timeoutMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, failed) => {
    timer = setTimeout(
      () =>
        failed(new SearchUnavailableError(`Milvus did not answer within ${timeoutMs / 1_000} s (${what})`)),
      timeoutMs,
    );
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
