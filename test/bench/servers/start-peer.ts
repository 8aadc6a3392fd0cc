import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { cleanEnvironment } from "#test/servers/jibsa.ts";
import { endWithUs } from "./end-with-us.ts";

const START_TIMEOUT_MS = 30_000;

export interface Peer {
  process: ChildProcess;
  firstLine: string;
  close(): Promise<void>;
}

/** A program as a process; resolves with the line by which it says that it is ready. */
export async function startPeer(program: URL, args: readonly string[]): Promise<Peer> {
  const child = spawn(process.execPath, [fileURLToPath(program), ...args], {
    env: cleanEnvironment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  endWithUs(child);
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const close = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
  };
  let timer: NodeJS.Timeout | undefined;
  try {
    const firstLine = await new Promise<string>((done, failed) => {
      timer = setTimeout(() => failed(new Error(`${program.href} did not start in time`)), START_TIMEOUT_MS);
      let text = "";
      child.stdout.setEncoding("utf8").on("data", (part: string) => {
        text += part;
        if (text.includes("\n")) done(text.slice(0, text.indexOf("\n")));
      });
      void ended.then(() => failed(new Error(`${program.href} ended at its start`)));
    });
    return { process: child, firstLine, close };
  } catch (error) {
    await close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
