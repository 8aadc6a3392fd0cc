import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const call = promisify(execFile);

export interface TestRepository {
  /** file:///… of the repository. */
  url: string;
  folder: string;
  git(...args: readonly string[]): Promise<string>;
  /** Writes, links (`{ to }`) or removes (undefined) files, and commits. */
  commit(files: Readonly<Record<string, string | Buffer | { to: string } | undefined>>): Promise<void>;
  close(): Promise<void>;
}

/** A real repository with the branch `main`, reached by its file URL. */
export async function startGitRepository(): Promise<TestRepository> {
  const folder = await mkdtemp(join(tmpdir(), "jibsa-repository-"));
  const environment = {
    PATH: process.env["PATH"] ?? "",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_AUTHOR_NAME: "Kim",
    GIT_AUTHOR_EMAIL: "kim@example.com",
    GIT_COMMITTER_NAME: "Kim",
    GIT_COMMITTER_EMAIL: "kim@example.com",
  };
  const git = async (...args: readonly string[]): Promise<string> =>
    (await call("git", [...args], { cwd: folder, env: environment })).stdout.trim();
  await git("init", "--quiet", "--initial-branch=main");
  return {
    url: pathToFileURL(folder).href,
    folder,
    git,
    async commit(files) {
      for (const [path, content] of Object.entries(files)) {
        const file = join(folder, path);
        await rm(file, { force: true });
        if (content === undefined) continue;
        await mkdir(dirname(file), { recursive: true });
        if (typeof content === "object" && "to" in content) await symlink(content.to, file);
        else await writeFile(file, content);
      }
      await git("add", "--all");
      await git("commit", "--quiet", "--message=change");
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
