import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

export const PROJECT = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** The files below a folder of the project whose names end so, with their text; paths are relative to the project. */
export function readFiles(folder: string, ending: string): { path: string; text: string }[] {
  return readdirSync(join(PROJECT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes("/node_modules/"))
    .map((file) => ({ path: relative(PROJECT, file), text: readFileSync(file, "utf8") }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
