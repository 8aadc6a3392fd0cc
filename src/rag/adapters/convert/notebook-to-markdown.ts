import { z } from "zod";
import { fenceFor } from "../../code-page.ts";
import { ConversionError } from "./conversion-limits.ts";

const text = z.union([z.string(), z.array(z.string()).transform((lines) => lines.join(""))]);
const notebookSchema = z.object({
  cells: z.array(z.object({ cell_type: z.string(), source: text })),
  metadata: z
    .object({
      title: z.string().optional(),
      kernelspec: z.object({ language: z.string().optional() }).optional(),
      language_info: z.object({ name: z.string().optional() }).optional(),
    })
    .optional(),
});

/** A Jupyter notebook's text and code, https://nbformat.readthedocs.io; what its cells printed is left out. */
export function notebookToMarkdown(json: string): string {
  const parsed = notebookSchema.safeParse(parseJson(json));
  if (!parsed.success) throw new ConversionError("broken", "no notebook of version 4");
  const { cells, metadata } = parsed.data;
  const language = metadata?.language_info?.name ?? metadata?.kernelspec?.language ?? "python";
  const parts = cells
    .filter(({ source }) => source.trim() !== "")
    .flatMap(({ cell_type, source }) => {
      if (cell_type === "markdown") return [source.trim()];
      if (cell_type !== "code") return [];
      const fence = fenceFor(source);
      return [`${fence}${/^\w{1,20}$/.test(language) ? language : ""}\n${source.trimEnd()}\n${fence}`];
    });
  if (parts.length === 0) throw new ConversionError("no-text");
  return `${parts.join("\n\n")}\n`;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    throw new ConversionError("broken", "no JSON");
  }
}
