import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const pageSchema = z.object({
  url: z.string(),
  /** The name of its file: of the same content the same. */
  body: z.string(),
  contentType: z.string(),
  etag: z.string().optional(),
  lastModified: z.string().optional(),
  links: z.array(z.string()),
  isIndexed: z.boolean(),
  /** When it was first seen as it is, in milliseconds. */
  changedAtMs: z.number(),
});
const storeSchema = z.object({ version: z.literal(1), pages: z.array(pageSchema) });
export type StoredPage = z.infer<typeof pageSchema>;

const FILE = "pages.json";

/** What was fetched of a website, kept between syncs: what its server calls unchanged is not sent again. */
export function createPageStore(folder: string) {
  return {
    /** By address; empty where nothing of ours is there. */
    async load(): Promise<Map<string, StoredPage>> {
      const text = await readFile(join(folder, FILE), "utf8").catch(() => "{}");
      const parsed = storeSchema.safeParse(parseJson(text));
      return new Map(parsed.success ? parsed.data.pages.map((page) => [page.url, page]) : []);
    },
    async save(pages: Iterable<StoredPage>): Promise<void> {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const draft = join(folder, `${FILE}.new`);
      await writeFile(draft, JSON.stringify({ version: 1, pages: [...pages] }), { mode: 0o600 });
      await rename(draft, join(folder, FILE));
    },
    async write(bytes: Buffer): Promise<string> {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const name = createHash("sha256").update(bytes).digest("hex");
      await writeFile(join(folder, name), bytes, { mode: 0o600 });
      return name;
    },
    read: (body: string): Promise<Buffer> => readFile(join(folder, body)),
    /** Removes the files that no page has. */
    async tidy(pages: Iterable<StoredPage>): Promise<void> {
      const kept = new Set([FILE, ...[...pages].map(({ body }) => body)]);
      for (const name of await readdir(folder))
        if (!kept.has(name)) await rm(join(folder, name), { force: true });
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Cut off by a full disk: everything is fetched again.
    return undefined;
  }
}
