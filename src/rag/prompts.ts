import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { splitFrontMatter } from "./front-matter.ts";

const FrontMatter = z.strictObject({
  version: z.int().positive(),
  variables: z.array(z.string()),
});

interface Prompt {
  version: number;
  /** @throws when a variable of the file is missing. */
  render(values: Readonly<Record<string, string>>): { system: string; user: string };
}

export interface Prompts {
  answer: Prompt;
  summary: Prompt;
}

/** Reads the prompts of a folder; a file that does not declare what it uses, or uses what it does not declare, is refused. */
export async function loadPrompts(folder: string): Promise<Prompts> {
  const load = (name: string): Promise<Prompt> => loadPrompt(join(folder, `${name}.md`));
  return { answer: await load("answer"), summary: await load("summary") };
}

async function loadPrompt(file: string): Promise<Prompt> {
  const { fields, body } = splitFrontMatter((await readFile(file, "utf8")).replace(/\r\n/g, "\n"));
  const { version, variables } = FrontMatter.parse(fields);
  const match = /^# System\n(?<system>[\s\S]*?)^# User\n(?<user>[\s\S]*)$/m.exec(body);
  const { system, user } = match?.groups ?? {};
  if (system === undefined || user === undefined)
    throw new Error(`${file} needs the parts "# System" and "# User", in this order`);
  const used = new Set(
    [...`${system}${user}`.matchAll(/\{\{(\w+)\}\}/g)].map((variable) => variable[1] ?? ""),
  );
  const wrong = [...used]
    .filter((name) => !variables.includes(name))
    .concat(variables.filter((name) => !used.has(name)));
  if (wrong.length > 0) throw new Error(`${file}: declared and used variables differ: ${wrong.join(", ")}`);
  return {
    version,
    render: (values) => {
      // In one pass, so that braces in a document or a question stay what they are.
      const fill = (text: string): string =>
        text.trim().replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
          const value = values[name];
          if (value === undefined) throw new Error(`${file}: no value for ${name}`);
          return value;
        });
      return { system: fill(system), user: fill(user) };
    },
  };
}
