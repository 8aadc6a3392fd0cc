import { readConfig } from "../config.ts";
import { openKnowledgeAlone } from "./open-knowledge-alone.ts";
import type { CommandArguments } from "./read-arguments.ts";
import { configOptionsOf } from "./up.ts";

export const indexHelp = `Usage: ./jibsa index [options]

Brings the index up to date with the configured folders: what changed is written, what is gone is deleted, the rest is left alone.
A running \`up\` does this by itself as files are saved.

  --config FILE  --data-dir DIR  --docs DIR   as for up`;

export async function indexDocuments(args: CommandArguments): Promise<number> {
  const config = readConfig(process.env, configOptionsOf(args));
  const knowledge = await openKnowledgeAlone(config, configOptionsOf(args));
  try {
    for (const source of knowledge.rag.sources()) {
      let shown = "";
      const report = await knowledge.rag.sync(source, {
        onProgress: (progress) => {
          const text = JSON.stringify(progress);
          if (process.stdout.isTTY && text !== shown) process.stdout.write(`\r${source}: ${text}\u001B[K`);
          shown = text;
        },
      });
      if (process.stdout.isTTY) process.stdout.write("\r\u001B[K");
      console.log(`${source}: ${JSON.stringify(report)}`);
    }
    return 0;
  } finally {
    await knowledge.close();
  }
}
