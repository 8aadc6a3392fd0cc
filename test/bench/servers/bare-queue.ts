import { createPostgresBackend, Queue, Worker, type Job } from "bullmq";
import type { Cluster } from "#src/actions/cluster-ports.ts";
import type { PlatformObject } from "#src/actions/ports.ts";

const QUEUE = "bench-create";

/** The peer: a queue on the same Postgres, and a worker that does nothing but create the object, as one of the team. */
export function openBareQueue(connectionString: string, cluster: Cluster) {
  const connection = { connectionString, migrate: true };
  const queue = new Queue(QUEUE, { connection }, createPostgresBackend);
  const worker = new Worker(
    QUEUE,
    async (job: Job<{ name: string }>) => {
      const created = await cluster.create(objectOf(job.data.name), {
        user: "minji@example.com",
        groups: ["jibsa:researchers"],
      });
      if (!created.ok) throw new Error(JSON.stringify(created.failure));
    },
    { connection },
    createPostgresBackend,
  );
  queue.on("error", (error) => console.error(error));
  worker.on("error", (error) => console.error(error));
  let created = 0;
  return {
    /** Resolves with the object's name as soon as its job is in the queue. */
    async createObject(): Promise<string> {
      created += 1;
      const name = `bench-${process.pid}-${created}`;
      await queue.add("create", { name }, { removeOnComplete: true, removeOnFail: true });
      return name;
    },
    async close(): Promise<void> {
      await worker.close();
      await queue.close();
    },
  };
}

function objectOf(name: string): PlatformObject {
  const containers = [
    { name: "pytorch", image: "unsloth-korean", resources: { limits: { cpu: "1", memory: "1Gi" } } },
  ];
  return {
    apiVersion: "kubeflow.org/v1",
    kind: "PyTorchJob",
    metadata: { name, namespace: "llm-training" },
    spec: {
      pytorchReplicaSpecs: {
        Master: { replicas: 1, restartPolicy: "OnFailure", template: { spec: { containers } } },
      },
    },
  };
}
