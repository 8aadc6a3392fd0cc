import { bar } from "../bot/views/message.ts";
import { readConfig } from "../config.ts";
import { openKnowledgeAlone } from "./open-knowledge-alone.ts";
import type { CommandArguments } from "./read-arguments.ts";
import { createProgress } from "./show-progress.ts";
import { configOptionsOf } from "./config-options.ts";

export const indexOptions = { config: "text", "data-dir": "text", docs: "text" } as const;
export const indexHelp = `Usage: ./jibsa index [options]

Brings the index up to date with the configured sources: what changed is written, what is gone is deleted, the rest is left alone.
A running \`up\` does this by itself.

  --config FILE  --data-dir DIR  --docs DIR   as for up`;

export async function indexDocuments(args: CommandArguments): Promise<number> {
  const config = readConfig(process.env, configOptionsOf(args));
  const knowledge = await openKnowledgeAlone(config, configOptionsOf(args));
  try {
    const progress = createProgress();
    for (const source of knowledge.rag.sources()) {
      const { written, unchanged, deleted, skipped, tookMs } = await knowledge.rag.sync(source, {
        onProgress: ({ done, total }) => {
          if (process.stdout.isTTY)
            progress.show(`${source} ${bar(total === 0 ? 1 : done / total, 20)} ${done} of ${total} pages`);
        },
      });
      progress.end();
      console.log(
        `${source}: ${written} written, ${unchanged} unchanged, ${deleted} deleted, in ${(tookMs / 1_000).toFixed(1)} s`,
      );
      for (const { path, reason } of skipped) console.log(`  left out: ${path} (${reason})`);
    }
    return 0;
  } finally {
    await knowledge.close();
  }
}
