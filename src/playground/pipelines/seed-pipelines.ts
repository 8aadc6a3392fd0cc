import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type { PipelinesWorld } from "./pipelines-service.ts";
import { timeText } from "./run-view.ts";

const KOREAN_LLM = fileURLToPath(
  new URL("../../../deploy/training/kfp/korean-llm-pipeline.yaml", import.meta.url),
);
const NAME = "korean-llm-pipeline";

/** The one pipeline that everybody shares, as the SDK compiled it. Only into an empty server. */
export function seedPipelines(world: PipelinesWorld): void {
  const { state, access } = world;
  if (state.pipelines.length > 0) return;
  const created_at = timeText(world.nowMs());
  const pipeline_id = randomUUID();
  const shared = { pipeline_id, name: NAME, display_name: NAME, created_at };
  state.pipelines.push({ ...shared, description: "From raw text to a served Korean model", namespace: "" });
  state.versions.push({
    ...shared,
    pipeline_version_id: randomUUID(),
    pipeline_spec: parse(readFileSync(KOREAN_LLM, "utf8")) as unknown,
  });
  if (access.kind === "single-user")
    state.experiments.push({
      experiment_id: randomUUID(),
      display_name: "Default",
      description: "All runs created without specifying an experiment will be grouped here.",
      namespace: access.namespace,
      created_at,
      storage_state: "AVAILABLE",
    });
  world.save();
}
