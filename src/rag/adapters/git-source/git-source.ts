import { createHash } from "node:crypto";
import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { checkSourceName, DocumentUnreadableError, type DocumentSource } from "../../document-source.ts";
import { pageFormat, type SizeLimits } from "../../page-format.ts";
import { readLastChanges, readTree, type ListedBlob } from "./list-commit.ts";
import { GitError, runGit, type GitProtocol } from "./run-git.ts";

const HEAD = "refs/jibsa/head";
const LFS_POINTER = "version https://git-lfs.github.com/spec/";

export interface GitSourceOptions {
  name: string;
  url: string;
  /** Default: what the repository itself calls its head. */
  branch?: string | undefined;
  /** Only what lies below this folder of the repository; paths are those of the repository. */
  folder?: string | undefined;
  /** Where people see a page: "https://git.example.com/docs/blob/{branch}/{path}". */
  link: string;
  /** For https. */
  token?: string | undefined;
  /** Default https and ssh. */
  protocols?: readonly GitProtocol[];
  /** Where repositories are kept between syncs; only what is new is then fetched. */
  cacheDir: string;
  everyMs?: number | undefined;
  limits: SizeLimits;
}

/** The pages of a branch. Their marks are git's own object ids, so a sync reads what a commit changed and nothing else. */
export function createGitSource(options: GitSourceOptions): DocumentSource {
  checkSourceName(options.name);
  const { name, url, branch, folder, limits } = options;
  const key = createHash("sha256").update(url).digest("hex").slice(0, 12);
  const repository = join(options.cacheDir, `${name}-${key}.git`);
  const call = {
    repository,
    protocols: options.protocols ?? (["https", "ssh"] as const),
    token: options.token === undefined ? undefined : { url, value: options.token },
  };
  let listed = new Map<string, ListedBlob>();
  let lastChanges = { commit: "", byPath: new Map<string, Date>() };

  async function fetchBranch(signal: AbortSignal | undefined): Promise<void> {
    const wanted = branch === undefined ? "HEAD" : `refs/heads/${branch}`;
    const fetchNow = () =>
      runGit(
        [
          "fetch",
          "--quiet",
          "--force",
          "--no-tags",
          "--no-recurse-submodules",
          "--no-write-fetch-head",
          "--",
          url,
          `+${wanted}:${HEAD}`,
        ],
        { ...call, signal },
      );
    if (await isThere(join(repository, "HEAD"))) {
      try {
        await fetchNow();
        return;
      } catch (error) {
        // What was kept may be broken, by a full disk for one; a fresh copy tells whether it is that or the server.
        if (
          !(error instanceof GitError) ||
          !/corrupt|bad object|not a git repository|unable to read/i.test(error.message)
        )
          throw error;
      }
    }
    await rm(repository, { recursive: true, force: true });
    await mkdir(options.cacheDir, { recursive: true, mode: 0o700 });
    await runGit(["init", "--quiet", "--bare", "--template=", repository], { ...call, signal });
    await fetchNow();
  }

  async function readChanges(commit: string, signal: AbortSignal | undefined): Promise<void> {
    if (lastChanges.commit === commit) return;
    const log = await runGit(
      [
        "log",
        "-z",
        "--format=%x01%ct",
        "--name-only",
        "--no-renames",
        "-m",
        "--first-parent",
        HEAD,
        "--",
        ...paths(),
      ],
      { ...call, signal },
    );
    lastChanges = { commit, byPath: readLastChanges(log.toString("utf8")) };
  }

  const paths = (): string[] => (folder === undefined ? [] : [`:(top,literal)${folder}/`]);

  return {
    name,
    ...(options.everyMs === undefined ? {} : { everyMs: options.everyMs }),
    settings: JSON.stringify([options.link, branch ?? ""]),

    async list(signal) {
      await fetchBranch(signal);
      const commit = (await runGit(["rev-parse", "--verify", `${HEAD}^{commit}`], { ...call, signal }))
        .toString("utf8")
        .trim();
      const tree = await runGit(
        ["ls-tree", "-r", "-z", "--long", "--full-tree", commit, "--", ...treePaths(folder)],
        {
          ...call,
          signal,
        },
      );
      const listing = readTree(tree.toString("utf8"), limits);
      await readChanges(commit, signal);
      listed = new Map(listing.documents.map((document) => [document.path, document]));
      return listing;
    },

    async read(path, signal) {
      const blob = listed.get(path);
      const format = pageFormat(path);
      if (blob === undefined || format === undefined) throw new Error(`${path} is not in the listing`);
      const bytes = await runGit(["cat-file", "blob", blob.mark], {
        ...call,
        maxBytes: Math.max(limits.text, limits.document) + 1_024,
        signal,
      });
      if (bytes.subarray(0, LFS_POINTER.length).toString("latin1") === LFS_POINTER)
        throw new DocumentUnreadableError(path, "git-lfs");
      return {
        path,
        bytes,
        format,
        updatedAt: lastChanges.byPath.get(path) ?? new Date(0),
        url: addressOf(options.link, branch ?? "HEAD", path),
      };
    },
  };
}

/** ls-tree takes no pathspec magic: its patterns are literal. */
function treePaths(folder: string | undefined): string[] {
  return folder === undefined ? [] : [`${folder}/`];
}

function addressOf(link: string, branch: string, path: string): string {
  const encoded = (text: string): string => text.split("/").map(encodeURIComponent).join("/");
  return new URL(link.replaceAll("{branch}", () => encoded(branch)).replaceAll("{path}", () => encoded(path)))
    .href;
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
