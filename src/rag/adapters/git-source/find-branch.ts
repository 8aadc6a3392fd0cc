import { runGit, type GitProtocol } from "./run-git.ts";

const TIMEOUT_MS = 15_000;

/** Asks a repository for a branch without fetching it. Throws GitError when it does not answer; undefined: it has none of that name. */
export async function findBranch(options: {
  url: string;
  branch?: string | undefined;
  token?: string | undefined;
  protocols: readonly GitProtocol[];
}): Promise<string | undefined> {
  const { url, branch, token, protocols } = options;
  const output = await runGit(
    ["ls-remote", "--quiet", "--", url, branch === undefined ? "HEAD" : `refs/heads/${branch}`],
    {
      repository: "/nonexistent",
      protocols,
      token: token === undefined ? undefined : { url, value: token },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    },
  );
  return /^[0-9a-f]{40,64}/.exec(output.toString("utf8"))?.[0];
}
