import { parseArgs } from "node:util";

export interface CommandArguments {
  values: Readonly<Record<string, string | boolean | undefined>>;
  words: readonly string[];
}

/** Wrong words on the command line. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** `--name value`, `--flag` and plain words; anything unknown is a UsageError. */
export function readArguments(
  args: readonly string[],
  options: Readonly<Record<string, "text" | "flag">>,
): CommandArguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h" },
        ...Object.fromEntries(
          Object.entries(options).map(([name, kind]) => [
            name,
            { type: kind === "text" ? ("string" as const) : ("boolean" as const) },
          ]),
        ),
      },
    });
    return { values, words: positionals };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

export const textOf = (args: CommandArguments, name: string): string | undefined => {
  const value = args.values[name];
  return typeof value === "string" ? value : undefined;
};
