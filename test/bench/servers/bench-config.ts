import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse, stringify } from "yaml";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";

const EXAMPLE = fileURLToPath(new URL("../../../jibsa.example.yaml", import.meta.url));

/** The example's settings with some replaced, as a file of its own in a temporary folder that other files may share. */
export async function writeBenchConfig(
  settings: (folder: string) => Readonly<Record<string, unknown>>,
): Promise<{ file: string; folder: string; close(): Promise<void> }> {
  const folder = await makeTemporaryFolder("bench");
  const file = join(folder, "jibsa.yaml");
  const example = parse(await readFile(EXAMPLE, "utf8")) as { stages: readonly { engine: string }[] };
  // Nothing here has Kubeflow Pipelines.
  const stages = example.stages.filter(({ engine }) => engine !== "kubeflow-pipeline");
  await writeFile(file, stringify({ ...example, stages, ...settings(folder) }));
  return { file, folder, close: () => rm(folder, { recursive: true, force: true }) };
}
