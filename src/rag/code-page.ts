import { extname } from "node:path";

const DOCUMENT_MARK = /^---[ \t]*(?:#.*)?$/m;

/** YAML and JSON as a page: a block of code, each object of a Kubernetes manifest under a heading that names it. */
export function codePage(path: string, text: string): string {
  const name = path.split("/").at(-1) ?? path;
  const isYaml = extname(path).toLowerCase() !== ".json";
  const parts = isYaml
    ? text
        .replace(/\r\n?/g, "\n")
        .split(DOCUMENT_MARK)
        .filter((part) => part.trim() !== "")
    : [text];
  const blocks = parts.map((part) => {
    const heading = isYaml ? objectName(part) : undefined;
    const fence = fenceFor(part);
    const block = `${fence}${isYaml ? "yaml" : "json"}\n${part.replace(/^\n+/, "").trimEnd()}\n${fence}`;
    return heading === undefined ? block : `## ${heading}\n\n${block}`;
  });
  return `# ${name}\n\n${blocks.join("\n\n")}\n`;
}

function objectName(yaml: string): string | undefined {
  const kind = /^kind:[ \t]*["']?([\w.-]{1,80})/m.exec(yaml)?.[1];
  const name =
    /^metadata:[ \t]*\n(?:[ \t]+.*\n){0,20}?[ \t]+(?:name|generateName):[ \t]*["']?([\w.-]{1,120})/m.exec(
      yaml,
    )?.[1];
  if (kind === undefined) return undefined;
  return name === undefined ? kind : `${kind} ${name}`;
}

/** Longer than every row of backticks in it. */
export function fenceFor(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`{3,}/g)].map(([row]) => row.length));
  return "`".repeat(Math.max(3, longest + 1));
}
