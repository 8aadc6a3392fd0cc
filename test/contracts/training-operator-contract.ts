import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  callKubernetes,
  type Answer,
  type CallOptions,
  type KubernetesAccess,
} from "#test/kubernetes-call.ts";
import { waitUntil } from "#test/wait-until.ts";

export interface TrainingOperatorUnderTest {
  /** The administrator's. */
  access: KubernetesAccess;
  /** Exists, with nodes that take its pods. */
  namespace: string;
  /** Lets time pass where a test holds the clock. */
  settle(): void;
  close(): Promise<void>;
}

interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
}
interface Pod {
  metadata: { name: string; labels: Record<string, string>; ownerReferences: object[] };
  spec: { restartPolicy: string };
  status: { phase: string };
}

interface JobOptions {
  /** Of the pods' annotations: what they do. */
  does?: Record<string, string>;
  workers?: number;
  restartPolicy?: string;
  runPolicy?: object;
  /** Instead of the usual replicas. */
  replicas?: object;
}

const RUNS_ON = { "simulation.jibsa.dev/duration-seconds": "forever" };
const ENDS = { "simulation.jibsa.dev/duration-seconds": "2" };
const FAILS = { ...ENDS, "simulation.jibsa.dev/outcome": "oom" };

/** The Training Operator v1 as the engine and the playground's people meet it: real or simulated, in the same words. */
export function trainingOperatorContract(name: string, open: () => Promise<TrainingOperatorUnderTest>): void {
  describe(`PyTorchJobs of ${name}`, () => {
    let opened: TrainingOperatorUnderTest;
    let jobs: string;
    let pods: string;
    beforeAll(async () => {
      opened = await open();
      jobs = `/apis/kubeflow.org/v1/namespaces/${opened.namespace}/pytorchjobs`;
      pods = `/api/v1/namespaces/${opened.namespace}/pods`;
    });
    afterAll(() => opened.close());

    const call = (path: string, options?: CallOptions): Promise<Answer> =>
      callKubernetes(opened.access, path, options);
    const newName = () => `job-${randomBytes(4).toString("hex")}`;
    const replica = ({ does = RUNS_ON, restartPolicy = "Never" }: JobOptions, replicas: number) => ({
      replicas,
      restartPolicy,
      template: {
        metadata: { annotations: does, labels: { team: "nlp" } },
        spec: { containers: [{ name: "pytorch", image: "unsloth-korean:1" }] },
      },
    });
    const submit = (jobName: string, options: JobOptions = {}): Promise<Answer> =>
      call(jobs, {
        body: {
          apiVersion: "kubeflow.org/v1",
          kind: "PyTorchJob",
          metadata: { name: jobName },
          spec: {
            runPolicy: options.runPolicy ?? {},
            pytorchReplicaSpecs: options.replicas ?? {
              Master: replica(options, 1),
              ...(options.workers !== undefined && { Worker: replica(options, options.workers) }),
            },
          },
        },
      });
    const statusOf = async (jobName: string) =>
      ((await call(`${jobs}/${jobName}`)).body.status ?? {}) as {
        conditions?: Condition[];
        replicaStatuses?: Record<string, { active?: number; succeeded?: number; failed?: number }>;
        startTime?: string;
        completionTime?: string;
      };
    const podsOf = async (jobName: string): Promise<Pod[]> =>
      (await call(`${pods}?labelSelector=training.kubeflow.org/job-name%3D${jobName}`)).body.items;
    const until = <T>(what: string, look: () => Promise<T | false | undefined>): Promise<T> =>
      waitUntil(
        what,
        () => {
          opened.settle();
          return look();
        },
        60_000,
      );
    /** The status at that moment, and in it the condition. */
    const untilCondition = (jobName: string, type: string, value = "True") =>
      until(`${jobName} to be ${type}`, async () => {
        const status = await statusOf(jobName);
        const condition = status.conditions?.find((one) => one.type === type && one.status === value);
        return condition !== undefined && { ...status, condition };
      });
    const told = (conditions: readonly Condition[] = []) =>
      conditions.map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`);

    it("become pods with the names, labels and owner by which they are found", async () => {
      const job = newName();
      const made = await submit(job, { workers: 2 });
      const found = await until("three pods", async () => {
        const some = await podsOf(job);
        return some.length === 3 && some;
      });

      expect(found.map(({ metadata }) => metadata.name).toSorted()).toEqual([
        `${job}-master-0`,
        `${job}-worker-0`,
        `${job}-worker-1`,
      ]);
      const master = found.find(({ metadata }) => metadata.name.endsWith("master-0"));
      expect(master?.metadata.labels).toEqual({
        team: "nlp",
        "training.kubeflow.org/job-name": job,
        "training.kubeflow.org/job-role": "master",
        "training.kubeflow.org/operator-name": "pytorchjob-controller",
        "training.kubeflow.org/replica-index": "0",
        "training.kubeflow.org/replica-type": "master",
      });
      expect(master?.metadata.ownerReferences).toEqual([
        {
          apiVersion: "kubeflow.org/v1",
          kind: "PyTorchJob",
          name: job,
          uid: made.body.metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ]);
      expect(master?.spec.restartPolicy).toBe("Never");
      const service = await until("its service", async () => {
        const answer = await call(`/api/v1/namespaces/${opened.namespace}/services/${job}-master-0`);
        return answer.code === 200 && answer;
      });
      expect(service.body.spec).toMatchObject({ clusterIP: "None", ports: [{ port: 23_456 }] });
    });

    it("tell in conditions that they run, and that they are done", async () => {
      const job = newName();
      await submit(job, { workers: 2, does: ENDS });
      const running = await untilCondition(job, "Running");
      const done = await untilCondition(job, "Succeeded");

      expect(told(running.conditions)).toEqual([
        `Created=True PyTorchJobCreated: PyTorchJob ${job} is created.`,
        `Running=True PyTorchJobRunning: PyTorchJob ${job} is running.`,
      ]);
      expect(running.startTime).toMatch(/^\d{4}-/);
      expect(told(done.conditions)).toEqual([
        `Created=True PyTorchJobCreated: PyTorchJob ${job} is created.`,
        `Running=False PyTorchJobRunning: PyTorchJob ${job} is running.`,
        `Succeeded=True PyTorchJobSucceeded: PyTorchJob ${job} is successfully completed.`,
      ]);
      expect(done.completionTime).toMatch(/^\d{4}-/);
      expect(done.replicaStatuses?.["Master"]).toMatchObject({ succeeded: 1 });
    });

    it("fail with how many failed", async () => {
      const job = newName();
      await submit(job, { does: FAILS });
      const failed = await untilCondition(job, "Failed");

      expect(told(failed.conditions).at(-1)).toBe(
        `Failed=True PyTorchJobFailed: PyTorchJob ${job} is failed because 1 Master replica(s) failed.`,
      );
      expect(failed.replicaStatuses?.["Master"]).toMatchObject({ failed: 1 });
      expect((await podsOf(job)).map(({ status }) => status.phase)).toEqual(["Failed"]);
    });

    it("get a new pod for an exit code that may be retried", async () => {
      const job = newName();
      await submit(job, { does: FAILS, restartPolicy: "ExitCode", runPolicy: { backoffLimit: 1 } });
      const restarting = await untilCondition(job, "Restarting");

      expect(restarting.condition).toMatchObject({
        reason: "PyTorchJobRestarting",
        message: `job ${job} is restarting because Master replica(s) failed.`,
      });
    });

    it("fail at once for an exit code that may not", async () => {
      const job = newName();
      const does = { ...ENDS, "simulation.jibsa.dev/outcome": "fail" };
      await submit(job, { does, restartPolicy: "ExitCode" });

      expect((await untilCondition(job, "Failed")).condition).toMatchObject({
        reason: "PyTorchJobFailed",
        message: `job "${job}" is failing because "Master" replica(s) failed.`,
      });
    });

    it("do without a master, and then say in which namespace they are", async () => {
      const job = newName();
      await submit(job, { replicas: { Worker: replica({ does: ENDS }, 2) } });
      const running = await untilCondition(job, "Running");
      const succeeded = await untilCondition(job, "Succeeded");

      expect(running.condition.message).toBe(`PyTorchJob ${opened.namespace}/${job} is running.`);
      expect(succeeded.condition.message).toBe(
        `PyTorchJob ${opened.namespace}/${job} successfully completed.`,
      );
    });

    it("have no pods while they are suspended, and start when they are resumed", async () => {
      const job = newName();
      await submit(job);
      await untilCondition(job, "Running");
      const suspend = (value: boolean) =>
        call(`${jobs}/${job}`, {
          method: "PATCH",
          type: "application/merge-patch+json",
          body: { spec: { runPolicy: { suspend: value } } },
        });

      await suspend(true);
      await untilCondition(job, "Suspended");
      await until("its pods to go", async () => (await podsOf(job)).length === 0);
      const suspended = await statusOf(job);
      await suspend(false);
      await untilCondition(job, "Suspended", "False");
      await untilCondition(job, "Running");

      expect(told(suspended.conditions)).toEqual([
        `Created=True PyTorchJobCreated: PyTorchJob ${job} is created.`,
        `Running=False PyTorchJobSuspended: PyTorchJob ${job} is suspended.`,
        `Suspended=True PyTorchJobSuspended: PyTorchJob ${job} is suspended.`,
      ]);
      expect(told((await statusOf(job)).conditions)).toContain(
        `Suspended=False PyTorchJobResumed: PyTorchJob ${job} is resumed.`,
      );
    });

    it.each([
      ["None", 1],
      ["All", 0],
    ])("leave their pods at the end as cleanPodPolicy %s says", async (cleanPodPolicy, left) => {
      const job = newName();
      await submit(job, { does: ENDS, runPolicy: { cleanPodPolicy } });
      await untilCondition(job, "Succeeded");

      await until("the pods that are left", async () => (await podsOf(job)).length === left);
    });

    it("go with their pods when they are deleted in the foreground", async () => {
      const job = newName();
      await submit(job, { workers: 1 });
      await untilCondition(job, "Running");

      const deleted = await call(`${jobs}/${job}`, {
        method: "DELETE",
        body: { propagationPolicy: "Foreground" },
      });

      expect(deleted.body.metadata.finalizers).toEqual(["foregroundDeletion"]);
      await until("the job to go", async () => (await call(`${jobs}/${job}`)).code === 404);
      expect(await podsOf(job)).toEqual([]);
    });

    const webhook =
      'admission webhook "validator.pytorchjob.training-operator.kubeflow.org" denied the request: ';
    const container = { name: "pytorch", image: "unsloth-korean:1" };
    const master = (replicas: number, ...containers: object[]) => ({
      Master: { replicas, restartPolicy: "Never", template: { spec: { containers } } },
    });
    it.each([
      [
        "two masters",
        master(2, container),
        "spec.pytorchReplicaSpecs[Master].replicas: Forbidden: must be 1",
      ],
      [
        "another role",
        { Driver: master(1, container).Master },
        'spec.pytorchReplicaSpecs[Driver]: Unsupported value: "Driver": supported values: "Master", "Worker"',
      ],
      [
        "no container of that name",
        master(1, { ...container, name: "main" }),
        "spec.pytorchReplicaSpecs[Master].template.spec.containers: Required value: must have at least one container with name pytorch",
      ],
      [
        "no image",
        master(1, { name: "pytorch" }),
        "spec.pytorchReplicaSpecs[Master].template.spec.containers[0].image: Required value: must be required",
      ],
    ])("are refused by the operator's webhook: %s", async (_what, replicas, words) => {
      const refused = await submit(newName(), { replicas });

      expect(refused.body).toMatchObject({ code: 403, status: "Failure", message: webhook + words });
    });

    it("are refused by the operator's webhook when the name is none for a service", async () => {
      const refused = await submit("1st-job");

      expect(refused.code).toBe(403);
      expect(refused.body.message).toContain(
        `${webhook}metadata.name: Invalid value: "1st-job": should match`,
      );
    });

    it("have logs, and say why when there are none", async () => {
      const job = newName();
      await submit(job);
      await untilCondition(job, "Running");
      const log = `${pods}/${job}-master-0/log`;

      const last = await until("a line", async () => {
        const answer = await call(`${log}?tailLines=1`);
        return answer.code === 200 && answer.text !== "" && answer;
      });
      const unknown = await call(`${log}?container=nobody`);
      const nonsense = await call(`${log}?tailLines=-1`);
      const previous = await call(`${log}?previous=true`);

      expect(last.text.trimEnd().split("\n")).toHaveLength(1);
      expect(unknown.body).toMatchObject({
        code: 400,
        reason: "BadRequest",
        message: `container nobody is not valid for pod ${job}-master-0`,
      });
      expect(nonsense.body).toMatchObject({ code: 422, details: { causes: [{ field: "tailLines" }] } });
      expect(previous.code).not.toBe(200);
    });
  });
}
