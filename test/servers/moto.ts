import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheDir } from "#test/servers/jibsa.ts";
import { freePort } from "#test/servers/free-port.ts";
import { waitUntil } from "#test/wait-until.ts";

const VERSION = "5.2.5";
/** moto asks for a name and not for a signature; unsigned calls may not change what is there. */
const ANYBODY =
  "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
const run = promisify(execFile);

export interface S3Server {
  url: string;
  createBucket(name: string): Promise<void>;
  put(bucket: string, key: string, content: string | Buffer): Promise<void>;
  remove(bucket: string, key: string): Promise<void>;
  close(): Promise<void>;
}

/** moto's S3 on 127.0.0.1, in the memory of one process. Its environment is made once for each machine. */
export async function startMoto(): Promise<S3Server> {
  const environment = join(cacheDir(), `moto-${VERSION}`);
  if (!existsSync(join(environment, "bin/moto_server"))) await install(environment);
  const port = await freePort();
  const child = spawn(
    // It dies with us, also by kill -9.
    "setpriv",
    [
      "--pdeathsig",
      "KILL",
      "--",
      join(environment, "bin/python"),
      join(environment, "bin/moto_server"),
      "--host",
      "127.0.0.1",
      "--port",
      String(port),
    ],
    {
      env: { PATH: process.env["PATH"], AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
      stdio: "ignore",
    },
  );
  const url = `http://127.0.0.1:${port}`;
  const call = async (method: string, path: string, body?: string | Buffer): Promise<void> => {
    const response = await fetch(`${url}/${path}`, {
      method,
      headers: { authorization: ANYBODY },
      ...(body !== undefined && { body: Buffer.from(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  };
  const keyOf = (key: string): string => key.split("/").map(encodeURIComponent).join("/");
  const close = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await ended;
  };
  try {
    await waitUntil(
      "moto",
      () =>
        fetch(`${url}/moto-api/`).then(
          ({ ok }) => ok,
          () => false,
        ),
      60_000,
      100,
    );
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url,
    createBucket: (name) => call("PUT", name),
    put: (bucket, key, content) => call("PUT", `${bucket}/${keyOf(key)}`, content),
    remove: (bucket, key) => call("DELETE", `${bucket}/${keyOf(key)}`),
    close,
  };
}

async function install(environment: string): Promise<void> {
  await mkdir(cacheDir(), { recursive: true });
  // Only a whole environment gets the name: an install that was cut off is made again.
  const draft = `${environment}.${process.pid}`;
  await run("python3", ["-m", "venv", draft]);
  await run(join(draft, "bin/python"), ["-m", "pip", "install", "--quiet", `moto[s3,server]==${VERSION}`], {
    timeout: 600_000,
  });
  await rename(draft, environment).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(environment)) throw error;
  });
}
