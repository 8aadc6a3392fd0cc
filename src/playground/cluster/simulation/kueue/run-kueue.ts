import { formatTime, isSameJson, type KubernetesObject } from "../../objects/kubernetes-object.ts";
import type { ClusterControl } from "../cluster-control.ts";
import { assignFlavors } from "./assign-flavors.ts";
import { CLUSTER_QUEUE, pendingIn, queueBehind, queueSpecOf, usageOf } from "./cluster-queue.ts";
import { keepWorkloads, steerJob } from "./job-workloads.ts";
import { writeQueueStatus } from "./queue-status.ts";
import { isSet, KUEUE, specOf, statusOf, withConditions, WORKLOAD, type WorkloadStatus } from "./workload.ts";

/** Kueue 0.18 for PyTorchJobs that name a queue: quota and order as it has them, in its words. Without cohorts and preemption. */
export function runKueue(control: ClusterControl): void {
  keepWorkloads(control);
  for (const workload of control.store.list(WORKLOAD.storage)) settleActive(control, workload);
  for (const queue of control.store.list(CLUSTER_QUEUE.storage)) admit(control, queue);
  for (const workload of control.store.list(WORKLOAD.storage)) steerJob(control, workload);
  writeQueueStatus(control);
}

/** Taken out of the queue, put back into it, or in one that does not exist. */
function settleActive(control: ClusterControl, workload: KubernetesObject): void {
  const status = statusOf(workload);
  if (isSet(status, "Finished")) return;
  const { active = true, queueName = "" } = specOf(workload);
  const time = formatTime(control.nowMs());
  if (!active) {
    const { admission: _given, ...rest } = status;
    const message = "The workload is deactivated";
    const wasAdmitted = isSet(status, "Admitted");
    write(
      control,
      workload,
      withConditions(
        rest,
        time,
        { type: "Evicted", status: "True", reason: "Deactivated", message },
        { type: "QuotaReserved", status: "False", reason: "Pending", message },
        ...(wasAdmitted
          ? ([
              {
                type: "Admitted",
                status: "False",
                reason: "NoReservation",
                message: "The workload has no reservation",
              },
            ] as const)
          : []),
      ),
    );
    return;
  }
  const reactivated = status.conditions.some(
    ({ type, status: is, reason }) => type === "Evicted" && is === "True" && reason === "Deactivated",
  );
  const message = "The workload was reactivated";
  const current = reactivated
    ? withConditions(
        status,
        time,
        { type: "Evicted", status: "False", reason: "Reactivated", message },
        { type: "Requeued", status: "True", reason: "Reactivated", message },
      )
    : status;
  const behind = queueBehind(control.store, workload.metadata.namespace, queueName);
  const isLost = "missing" in behind && !isSet(status, "QuotaReserved");
  write(control, workload, isLost ? waiting(current, time, "Inadmissible", behind.missing) : current);
}

const waiting = (status: WorkloadStatus, time: string, reason: string, message: string): WorkloadStatus =>
  withConditions(status, time, { type: "QuotaReserved", status: "False", reason, message });

/** Lets in what fits, in order. BestEffortFIFO goes on behind one that has to wait, StrictFIFO does not. */
function admit(control: ClusterControl, queue: KubernetesObject): void {
  const { name } = queue.metadata;
  const spec = queueSpecOf(queue);
  const time = formatTime(control.nowMs());
  for (const workload of pendingIn(control.store, name)) {
    const found = assignFlavors(control.store, spec, specOf(workload).podSets, usageOf(control.store, name));
    if ("why" in found) {
      write(control, workload, waiting(statusOf(workload), time, "Pending", found.why));
      if (spec.queueingStrategy === "StrictFIFO") return;
      continue;
    }
    const admitted = withConditions(
      { ...statusOf(workload), admission: { clusterQueue: name, podSetAssignments: found.assignments } },
      time,
      {
        type: "QuotaReserved",
        status: "True",
        reason: "QuotaReserved",
        message: `Quota reserved in ClusterQueue ${name}`,
      },
      { type: "Admitted", status: "True", reason: "Admitted", message: "The workload is admitted" },
    );
    write(control, workload, admitted);
    control.record.about(workload, {
      type: "Normal",
      reason: "Admitted",
      message: `Admitted by ClusterQueue ${name}, wait time since reservation was 0s`,
      component: KUEUE,
    });
  }
}

function write(control: ClusterControl, workload: KubernetesObject, status: WorkloadStatus): void {
  if (!isSameJson(status, statusOf(workload))) control.setStatus(WORKLOAD, workload, status, KUEUE);
}
