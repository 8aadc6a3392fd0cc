/** Of an Experiment or a Trial, as Katib writes it. */
export interface KatibCondition {
  type: string;
  status: "True" | "False";
  reason: string;
  message: string;
  lastUpdateTime: string;
  lastTransitionTime: string;
}

export const isTrue = (conditions: readonly KatibCondition[], ...types: readonly string[]): boolean =>
  conditions.some(({ type, status }) => status === "True" && types.includes(type));

/** With that condition last; an end turns Running off, a restart takes the ends away. */
export function withKatibCondition(
  conditions: readonly KatibCondition[],
  change: Pick<KatibCondition, "type" | "reason" | "message">,
  time: string,
): readonly KatibCondition[] {
  const known = conditions.find(({ type }) => type === change.type);
  if (known?.status === "True" && known.reason === change.reason) return conditions;
  const others = conditions.filter(
    ({ type }) =>
      type !== change.type && !(change.type === "Restarting" && (type === "Succeeded" || type === "Failed")),
  );
  const isEnd = !["Created", "Running", "Restarting"].includes(change.type);
  const kept = others.map((condition) =>
    isEnd && condition.type === "Running" && condition.status === "True"
      ? { ...condition, status: "False" as const, lastUpdateTime: time, lastTransitionTime: time }
      : condition,
  );
  const lastTransitionTime = known?.status === "True" ? known.lastTransitionTime : time;
  return [...kept, { ...change, status: "True", lastUpdateTime: time, lastTransitionTime }];
}
