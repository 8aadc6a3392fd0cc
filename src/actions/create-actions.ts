import type { Locale } from "../store/database.ts";
import { decideApproval, expireApprovals } from "./decide-approval.ts";
import type { ActionDeps } from "./define-action.ts";
import { observeRun } from "./observe-run.ts";
import { decide, type Policy } from "./policy.ts";
import type { Person, RequestId } from "./ports.ts";
import { readAllowances } from "./read-allowances.ts";
import type { ChangeInput, ChangeName, ReadInput, ReadName } from "./registry.ts";
import { performRead, requestAction, type Place } from "./request-action.ts";
import { parkRequest, runAction } from "./run-action.ts";
import { startRequest } from "./start-request.ts";
import { advancePipeline } from "./training/pipelines/advance-pipeline.ts";
import { decidePipelineGate } from "./training/pipelines/decide-pipeline-gate.ts";
import { measureRun } from "./training/metrics/measure-run.ts";
import { peekLogs } from "./training/peek-logs.ts";
import { repeatRun, type RepeatInput } from "./training/repeat-run.ts";
import { fillPreset } from "./training/stage-presets.ts";
import type { TrainStartInput } from "./training/train-start.ts";

export type Actions = ReturnType<typeof createActions>;

/**
 * The door of the actions. Nothing here knows Slack or the queue: an outcome says what has to be rung
 * ("queued": run-action; "run-started": observe-run), and a sweeper rings for what was forgotten.
 */
export function createActions(
  deps: Omit<ActionDeps, "person" | "requestId"> & {
    policy: Policy;
    /** undefined: not an active member of the workspace. Throws when that cannot be known now. */
    findPerson(slackUserId: string): Promise<Person | undefined>;
  },
) {
  return {
    stages: deps.stages,
    clusters: deps.clusters,
    policy: deps.policy,
    request: <Name extends ChangeName>(
      id: RequestId,
      person: Person,
      name: Name,
      input: ChangeInput<Name>,
      place: Place & { locale: Locale },
    ) => requestAction({ ...deps, person, requestId: id }, name, input, place),
    read: <Name extends ReadName>(id: RequestId, person: Person, name: Name, input: ReadInput<Name>) =>
      performRead({ ...deps, person, requestId: id }, name, input),
    repeat: (person: Person, input: RepeatInput) =>
      repeatRun(
        { ...deps, may: (subject) => decide(deps.policy, person, subject).kind === "allowed" },
        person,
        input,
      ),
    fillPreset: (person: Person, input: TrainStartInput) => fillPreset(deps, person.slackUserId, input),
    pipelines: deps.pipelines ?? [],
    advance: (id: RequestId) => advancePipeline(deps, id),
    decideGate: (person: Person, decision: Parameters<typeof decidePipelineGate>[2]) =>
      decidePipelineGate(deps, person, decision),
    start: (id: RequestId, person: Person, choice: "start" | "discard") =>
      startRequest(deps, id, person, choice),
    decide: (id: RequestId, person: Person, decision: "approve" | "reject") =>
      decideApproval(deps, id, person, decision),
    expire: () => expireApprovals(deps),
    run: (id: RequestId) => runAction(deps, id),
    park: (id: RequestId, error: string) => parkRequest(deps, id, error),
    observe: (runId: string) => observeRun(deps, runId),
    allowances: (person: Person) => readAllowances({ ...deps, person }),
    peekLogs: (wanted: Parameters<typeof peekLogs>[1]) => peekLogs(deps, wanted),
    measure: (runId: string, tell: Parameters<typeof measureRun>[2]) => measureRun(deps, runId, tell),
  };
}
