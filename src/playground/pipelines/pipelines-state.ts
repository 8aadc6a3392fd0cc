import { readFileIfThere, writeFileAtomically } from "../cluster/store/atomic-file.ts";

export interface StoredPipeline {
  pipeline_id: string;
  name: string;
  display_name: string;
  description: string;
  /** Empty: shared by all. */
  namespace: string;
  created_at: string;
}
export interface StoredVersion {
  pipeline_id: string;
  pipeline_version_id: string;
  name: string;
  display_name: string;
  created_at: string;
  pipeline_spec: unknown;
}
export interface StoredExperiment {
  experiment_id: string;
  display_name: string;
  description: string;
  namespace: string;
  created_at: string;
  storage_state: "AVAILABLE" | "ARCHIVED";
}
/** What was asked for, and when; all else follows from it and from the clock. */
export interface StoredRun {
  run_id: string;
  display_name: string;
  description: string;
  experiment_id: string;
  namespace: string;
  storage_state: "AVAILABLE" | "ARCHIVED";
  pipeline_version_reference: { pipeline_id: string; pipeline_version_id: string };
  runtime_config: { parameters?: Record<string, unknown>; pipeline_root?: string };
  service_account: string;
  recurring_run_id?: string;
  createdAtMs: number;
  /** Tries, the last one counts: from which step on, and which one fails. */
  tries: { startedAtMs: number; fromStep: number; failingStep?: number }[];
  terminatedAtMs?: number;
}
export interface StoredRecurringRun {
  recurring_run_id: string;
  display_name: string;
  description: string;
  experiment_id: string;
  namespace: string;
  pipeline_version_reference: StoredRun["pipeline_version_reference"];
  runtime_config: StoredRun["runtime_config"];
  service_account: string;
  /** int64 is a text. */
  max_concurrency: string;
  trigger: unknown;
  no_catchup: boolean;
  status: "ENABLED" | "DISABLED";
  created_at: string;
  updated_at: string;
}

export interface PipelinesState {
  pipelines: StoredPipeline[];
  versions: StoredVersion[];
  experiments: StoredExperiment[];
  runs: StoredRun[];
  recurringRuns: StoredRecurringRun[];
}

/** Kept in one file; without a name, in memory alone. */
export function openPipelinesState(file: string | undefined): { state: PipelinesState; save(): void } {
  const state = { ...emptyState(), ...(file === undefined ? {} : readState(file)) };
  return {
    state,
    save() {
      if (file !== undefined) writeFileAtomically(file, JSON.stringify(state));
    },
  };
}

const emptyState = (): PipelinesState => ({
  pipelines: [],
  versions: [],
  experiments: [],
  runs: [],
  recurringRuns: [],
});

function readState(file: string): Partial<PipelinesState> {
  const text = readFileIfThere(file);
  return text === undefined ? {} : (JSON.parse(text) as Partial<PipelinesState>);
}
