import { execFile } from "node:child_process";
import { redactSecrets } from "../../redact-secrets.ts";

const TIMEOUT_MS = 600_000;
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;
const MAX_MESSAGE_CHARACTERS = 400;
/** What a git of this machine needs to reach a server. Everything else, settings of git included, stays away from it. */
const PASSED_ON = [
  "PATH",
  "HOME",
  "HTTPS_PROXY",
  "https_proxy",
  "HTTP_PROXY",
  "http_proxy",
  "NO_PROXY",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "GIT_SSL_CAINFO",
  "SSH_AUTH_SOCK",
];

export type GitProtocol = "https" | "ssh" | "http" | "file";

export interface GitCallOptions {
  /** The bare repository that is worked in. */
  repository: string;
  protocols: readonly GitProtocol[];
  /** Sent to `url` over https, never as an argument. */
  token?: { url: string; value: string } | undefined;
  maxBytes?: number;
  signal?: AbortSignal | undefined;
}

export class GitError extends Error {
  override name = "GitError";
}

/**
 * Calls the system's git: never by a shell, never asking anybody, without hooks and without settings of the machine or of a
 * person. Throws GitError with what git said.
 */
export function runGit(args: readonly string[], options: GitCallOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    execFile(
      "git",
      [...SETTINGS, "--git-dir", options.repository, ...args],
      {
        cwd: "/",
        env: environmentOf(options),
        encoding: "buffer",
        timeout: TIMEOUT_MS,
        maxBuffer: options.maxBytes ?? MAX_OUTPUT_BYTES,
        killSignal: "SIGKILL",
        windowsHide: true,
        ...(options.signal !== undefined && { signal: options.signal }),
      },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout);
        if (options.signal?.aborted === true) return reject(options.signal.reason as Error);
        const said = redactSecrets(stderr.toString("utf8")).trim().slice(-MAX_MESSAGE_CHARACTERS);
        reject(new GitError(`git ${args[0] ?? ""}: ${said === "" ? error.message.split("\n")[0] : said}`));
      },
    );
  });
}

const SETTINGS = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.askPass=",
  "credential.helper=",
  "fetch.recurseSubmodules=false",
  "fetch.writeCommitGraph=false",
  "gc.autoDetach=false",
  "http.followRedirects=initial",
  // A server that sends nothing for a minute is given up.
  "http.lowSpeedLimit=1",
  "http.lowSpeedTime=60",
].flatMap((setting) => ["-c", setting]);

function environmentOf({ protocols, token }: GitCallOptions): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {};
  for (const name of PASSED_ON) if (process.env[name] !== undefined) environment[name] = process.env[name];
  return {
    ...environment,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "",
    SSH_ASKPASS: "",
    GIT_SSH_COMMAND: "ssh -o BatchMode=yes -o ConnectTimeout=20",
    GIT_ALLOW_PROTOCOL: protocols.join(":"),
    GIT_OPTIONAL_LOCKS: "0",
    ...(token !== undefined && {
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: `http.${new URL(token.url).origin}/.extraHeader`,
      // GitHub, GitLab and Bitbucket take a token as the password of any name.
      GIT_CONFIG_VALUE_0: `Authorization: Basic ${Buffer.from(`x-access-token:${token.value}`).toString("base64")}`,
    }),
  };
}
