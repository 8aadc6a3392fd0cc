import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Config } from "../config.ts";

const FILE = "running.json";
const runningSchema = z.object({
  pid: z.number(),
  postgresUrl: z.string(),
  milvusAddress: z.string().optional(),
  /** Where the api listens, if this process runs it. */
  apiUrl: z.string().optional(),
  /** Base of the links to pages. */
  pagesUrl: z.string().optional(),
  /** The playground's workspace, where that is what people are in. */
  slack: z.object({ botToken: z.string(), apiUrl: z.string().optional() }).optional(),
  sources: z.array(z.object({ name: z.string(), place: z.string(), readers: z.unknown().optional() })),
});

/** The document sources of some settings, to be compared with those of a running `up`. */
export const sourcesOf = (config: Pick<Config, "knowledge">) =>
  config.knowledge.sources.map(({ name, folder, git, website, s3, readers }) => ({
    name,
    ...(readers !== undefined && { readers }),
    place:
      folder ??
      git?.url.concat(" ", git.branch ?? "", " ", git.folder ?? "") ??
      [
        ...(website?.prefixes ?? []),
        website?.sitemap ?? "",
        s3?.endpoint ?? "",
        s3?.bucket ?? "",
        s3?.prefix ?? "",
      ].join(" "),
  }));

export type RunningUp = z.infer<typeof runningSchema>;

/** What the other commands of the shell need to know of an `up` on the same data folder. Only the owner reads it. */
export function writeRunning(dataDir: string, running: RunningUp): () => void {
  const file = join(dataDir, FILE);
  writeFileSync(file, JSON.stringify(running), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** Undefined where none runs; a file left over from a process that was killed counts as none. */
export function readRunning(dataDir: string): RunningUp | undefined {
  const file = join(dataDir, FILE);
  if (!existsSync(file)) return undefined;
  const parsed = runningSchema.safeParse(JSON.parse(readFileSync(file, "utf8")));
  return parsed.success && existsSync(`/proc/${parsed.data.pid}`) ? parsed.data : undefined;
}
