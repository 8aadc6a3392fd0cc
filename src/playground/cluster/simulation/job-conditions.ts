/** Of a PyTorchJob, as the Training Operator writes it. */
export interface JobCondition {
  type: "Created" | "Running" | "Restarting" | "Suspended" | "Succeeded" | "Failed";
  status: "True" | "False";
  reason: string;
  message: string;
  lastUpdateTime: string;
  lastTransitionTime: string;
}

export const hasCondition = (conditions: readonly JobCondition[], type: JobCondition["type"]): boolean =>
  conditions.some((condition) => condition.type === type && condition.status === "True");

export const isFinished = (conditions: readonly JobCondition[]): boolean =>
  hasCondition(conditions, "Succeeded") || hasCondition(conditions, "Failed");

/** With that condition last; Running and Restarting replace each other, and the end turns Running off. Nothing follows Failed. */
export function withCondition(
  conditions: readonly JobCondition[],
  change: Pick<JobCondition, "type" | "status" | "reason" | "message">,
  time: string,
): readonly JobCondition[] {
  if (hasCondition(conditions, "Failed")) return conditions;
  const known = conditions.find(({ type }) => type === change.type);
  if (known?.status === change.status && known.reason === change.reason) return conditions;
  const { type } = change;
  const replaced = type === "Running" ? "Restarting" : type === "Restarting" ? "Running" : undefined;
  const isEnd = type === "Succeeded" || type === "Failed";
  const others = conditions
    .filter((condition) => condition.type !== type && condition.type !== replaced)
    .map((condition) =>
      isEnd && condition.type === "Running" ? { ...condition, status: "False" as const } : condition,
    );
  const lastTransitionTime = known?.status === change.status ? known.lastTransitionTime : time;
  return [...others, { ...change, lastUpdateTime: time, lastTransitionTime }];
}
