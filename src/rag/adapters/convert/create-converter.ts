import { fork, type ChildProcess } from "node:child_process";
import { realpathSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DocumentConverter } from "../../document-converter.ts";
import type { SkipReason } from "../../document-source.ts";
import { LIMITS } from "./conversion-limits.ts";
import type { ConversionOrder, ConversionReply } from "./convert-child.ts";

const CHILD = join(import.meta.dirname, "convert-child.ts");
const PROJECT = join(import.meta.dirname, "../../../..");
const LOOK_EVERY_MS = 50;
/** Of what is converted between two looks nobody may notice; the rest of the memory is buffers. */
const HEAP_MIB = 384;
const DOCUMENTS_PER_PROCESS = 200;
const IDLE_MS = 10_000;

/**
 * Converts in a process of its own, one document after the other. It may read this program and nothing else, write nothing,
 * start nothing and reach nobody, has no environment, and is killed over 512 MiB or after 30 s; the next document gets a new one.
 */
export function createConverter(limits: { timeMs?: number; memoryBytes?: number } = {}): DocumentConverter {
  const timeMs = limits.timeMs ?? LIMITS.timeMs;
  const memoryBytes = limits.memoryBytes ?? LIMITS.memoryBytes;
  let child: ChildProcess | undefined;
  let converted = 0;
  let turn: Promise<unknown> = Promise.resolve();
  let idle: NodeJS.Timeout | undefined;

  function stop(): void {
    child?.kill("SIGKILL");
    child = undefined;
    converted = 0;
  }

  async function convertNow(
    order: ConversionOrder,
    signal: AbortSignal | undefined,
  ): Promise<{ content: string } | { reason: SkipReason }> {
    signal?.throwIfAborted();
    clearTimeout(idle);
    if (converted >= DOCUMENTS_PER_PROCESS) stop();
    const used = (child ??= startChild());
    converted += 1;
    const outcome = await watched(used, order, { timeMs, memoryBytes, signal });
    if (outcome.isOver) stop();
    else idle = setTimeout(stop, IDLE_MS).unref();
    signal?.throwIfAborted();
    return outcome.reply;
  }

  return {
    convert({ bytes, format }, signal) {
      const work = turn.then(() => convertNow({ bytes, format }, signal));
      turn = work.catch(() => undefined);
      return work;
    },
    async close() {
      await turn;
      clearTimeout(idle);
      stop();
    },
  };
}

/** May read this program and nothing else, write nothing, start nothing. */
export function converterFlags(): string[] {
  const readable = [join(PROJECT, "src"), join(PROJECT, "package.json"), join(PROJECT, "node_modules")];
  return [
    `--max-old-space-size=${HEAP_MIB}`,
    "--permission",
    ...readable.map((path) => `--allow-fs-read=${realpathSync(path)}`),
  ];
}

function startChild(): ChildProcess {
  const child = fork(CHILD, [], {
    execArgv: converterFlags(),
    cwd: "/",
    env: {},
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  // It ends with this process: nobody waits for it.
  child.unref();
  child.channel?.unref();
  return child;
}

/** `isOver`: the process is gone or must go. */
function watched(
  child: ChildProcess,
  order: ConversionOrder,
  limits: { timeMs: number; memoryBytes: number; signal: AbortSignal | undefined },
): Promise<{ reply: { content: string } | { reason: SkipReason }; isOver: boolean }> {
  return new Promise((resolve, reject) => {
    const end = (reply: { content: string } | { reason: SkipReason }, isOver: boolean): void => {
      release();
      resolve({ reply, isOver });
    };
    const onMessage = (reply: unknown): void => end(reply as ConversionReply, false);
    const onExit = (code: number | null, signal: NodeJS.Signals | null): void =>
      // V8 aborts when its heap is full.
      end({ reason: signal === "SIGABRT" || code === 134 ? "out-of-memory" : "broken" }, true);
    const onError = (error: Error): void => {
      release();
      reject(error);
    };
    const onAbort = (): void => end({ reason: "unreadable" }, true);
    const late = setTimeout(() => end({ reason: "out-of-time" }, true), limits.timeMs);
    const look = setInterval(() => {
      void residentBytes(child.pid).then((bytes) => {
        if (bytes > limits.memoryBytes) end({ reason: "out-of-memory" }, true);
      });
    }, LOOK_EVERY_MS);
    const release = (): void => {
      clearTimeout(late);
      clearInterval(look);
      child.off("message", onMessage).off("exit", onExit).off("error", onError);
      limits.signal?.removeEventListener("abort", onAbort);
    };
    child.on("message", onMessage).on("exit", onExit).on("error", onError);
    limits.signal?.addEventListener("abort", onAbort, { once: true });
    child.send(order, (error) => {
      if (error !== null) end({ reason: "broken" }, true);
    });
  });
}

/** 0 once it is gone. */
async function residentBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid ?? 0}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1_024;
}
