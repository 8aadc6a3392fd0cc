import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PlatformObject } from "#src/actions/ports.ts";
import { waitUntil } from "#test/wait-until.ts";
import type { KubernetesClient } from "./kubernetes-client.ts";
import { annotationsFor, STEERED_LABEL, type Steering } from "./kwok/annotations.ts";
import { logText } from "./kwok/log-text.ts";
import { applyNamespaceRbac } from "./rbac-manifests.ts";

/** A namespace with the Roles of deploy/rbac/training-namespace.yaml, and a hand on its pods. */
export interface TrainingNamespace {
  name: string;
  /** How all pods behave that are made from now on and do not say so themselves. */
  steer(steering: Steering): Promise<void>;
  /** Pods of a run: their names begin with the run's. */
  podsOf(run: string): Promise<readonly PlatformObject[]>;
  /** How the pods of a run behave that are there now; gives how many. */
  steerPodsOf(run: string, steering: Steering): Promise<number>;
  /** Steers the pods of a run, also those that only come meanwhile, until the condition holds. */
  steerUntil(
    run: string,
    steering: Steering,
    what: string,
    condition: () => boolean | Promise<boolean>,
  ): Promise<void>;
  /** What a pod has written; without it two lines of an epoch. */
  writeLog(pod: string, lines: readonly string[]): Promise<void>;
  /** Volumes as the stages of the example mount them; without them their pods are not placed. */
  claimVolumes(claims: readonly string[]): Promise<void>;
  /** Deletes it; the platform takes its objects away in its own time. */
  close(): Promise<void>;
}

export async function openTrainingNamespace(
  admin: KubernetesClient,
  podLogs: string,
  givenName?: string,
): Promise<TrainingNamespace> {
  const name = givenName ?? `training-${randomBytes(4).toString("hex")}`;
  const path = `/api/v1/namespaces/${name}`;
  const pods = `${path}/pods`;
  await admin.apply({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, labels: { [STEERED_LABEL]: "true" } },
  });
  await applyNamespaceRbac(admin, name);
  // Pods of a namespace are refused before it has this.
  await waitUntil(
    "the default service account",
    async () => (await admin.call(`${path}/serviceaccounts/default`)).code === 200,
  );
  const annotate = (where: string, steering: Steering) =>
    admin.call(where, {
      method: "PATCH",
      type: "application/merge-patch+json",
      body: { metadata: { annotations: annotationsFor(steering) } },
    });
  const podsOf = async (run: string): Promise<readonly PlatformObject[]> => {
    const { items } = (await admin.must(pods)) as { items: PlatformObject[] };
    return items.filter(({ metadata }) => metadata.name.startsWith(run));
  };
  const steerPodsOf = async (run: string, steering: Steering): Promise<number> => {
    const wanted = Object.entries(annotationsFor(steering));
    const found = await podsOf(run);
    const others = found.filter(({ metadata }) =>
      wanted.some(([key, value]) => metadata.annotations?.[key] !== value),
    );
    // One that has gone meanwhile needs no steering.
    await Promise.all(others.map(({ metadata }) => annotate(`${pods}/${metadata.name}`, steering)));
    return found.length;
  };
  return {
    name,
    podsOf,
    steerPodsOf,
    async steer(steering) {
      const { code, text } = await annotate(path, steering);
      if (code !== 200) throw new Error(text);
    },
    async steerUntil(run, steering, what, condition) {
      await waitUntil(
        what,
        async () => {
          await steerPodsOf(run, steering);
          return condition();
        },
        90_000,
        100,
      );
    },
    async writeLog(pod, lines) {
      const file = join(podLogs, `${name}-${pod}.log`);
      writeFileSync(file, logText(lines));
      await admin.apply(
        {
          apiVersion: "kwok.x-k8s.io/v1alpha1",
          kind: "Logs",
          metadata: { name: pod },
          spec: { logs: [{ logsFile: file }] },
        },
        name,
      );
    },
    async claimVolumes(claims) {
      for (const claim of claims) await claimVolume(admin, name, claim);
    },
    async close() {
      await admin.call(path, { method: "DELETE" });
    },
  };
}

/** A claim that is bound to a volume of its own. Nobody mounts it: there is no machine. */
async function claimVolume(admin: KubernetesClient, namespace: string, claim: string): Promise<void> {
  const volume = `${namespace}-${claim}`;
  const common = { accessModes: ["ReadWriteMany"], storageClassName: "" };
  await admin.apply({
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: volume },
    spec: {
      ...common,
      capacity: { storage: "1Ti" },
      claimRef: { namespace, name: claim },
      nfs: { server: "nfs.invalid", path: "/" },
    },
  });
  await admin.apply(
    {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: claim },
      spec: { ...common, volumeName: volume, resources: { requests: { storage: "1Ti" } } },
    },
    namespace,
  );
}
