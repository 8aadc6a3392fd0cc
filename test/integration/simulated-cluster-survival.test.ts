import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { accessFromKubeconfig, callKubernetes, type KubernetesAccess } from "#test/kubernetes-call.ts";
import { waitUntil } from "#test/wait-until.ts";

const ENTRY = new URL("../../src/playground/cluster/start-simulated-cluster.ts", import.meta.url).href;
const CONFIG_MAPS = "/api/v1/namespaces/mlops/configmaps";
const JOBS = "/apis/kubeflow.org/v1/namespaces/llm-training/pytorchjobs";

let folder: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jibsa-cluster-"));
});
afterEach(async () => {
  await kill();
  rmSync(folder, { recursive: true });
});

/** A cluster in a process of its own. */
async function start(): Promise<KubernetesAccess> {
  const script = `
    import { startSimulatedCluster } from ${JSON.stringify(ENTRY)};
    const { url } = await startSimulatedCluster({ port: 0, dataDir: ${JSON.stringify(folder)}, trainingDurationMs: 2_000 });
    process.stdout.write(url);`;
  child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.stdout === null) throw new Error("the child has no output");
  await once(child.stdout, "data");
  return accessFromKubeconfig(readFileSync(join(folder, "kubeconfig"), "utf8"));
}
async function kill(): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

describe("kill -9", () => {
  it("loses nothing that was acknowledged, at whatever moment it comes", async () => {
    const acknowledged = new Set<string>();
    let sent = 0;
    let lastVersion = 0;
    for (const writes of [8, 30, 3]) {
      const access = await start();
      const write = async (): Promise<void> => {
        for (;;) {
          sent += 1;
          const name = `map-${sent}`;
          const { body } = await callKubernetes(access, CONFIG_MAPS, {
            body: { metadata: { name }, data: { text: "값".repeat(200) } },
          });
          acknowledged.add(name);
          lastVersion = Math.max(lastVersion, Number(body.metadata.resourceVersion));
        }
      };
      const writers = Array.from({ length: 4 }, () => write().catch(() => undefined));
      const enough = acknowledged.size + writes;
      await waitUntil(`${writes} more writes`, async () => acknowledged.size >= enough, 20_000, 5);
      await kill();
      await Promise.all(writers);
    }

    const list = (await callKubernetes(await start(), CONFIG_MAPS)).body;
    const kept = new Set(list.items.map((item: { metadata: { name: string } }) => item.metadata.name));

    expect(acknowledged.size).toBeGreaterThan(10);
    expect([...acknowledged].filter((name) => !kept.has(name))).toEqual([]);
    expect(Number(list.metadata.resourceVersion)).toBeGreaterThanOrEqual(lastVersion);
  });

  it("leaves a training running: it ends at its time, under the same uid and the same kubeconfig", async () => {
    const access = await start();
    const made = await callKubernetes(access, JOBS, {
      body: {
        apiVersion: "kubeflow.org/v1",
        kind: "PyTorchJob",
        metadata: { name: "survivor" },
        spec: {
          pytorchReplicaSpecs: {
            Master: {
              template: { spec: { containers: [{ name: "pytorch", image: "unsloth-korean:1" }] } },
            },
          },
        },
      },
    });
    await kill();

    const again = await start();
    const state = async () => (await callKubernetes(again, `${JOBS}/survivor`)).body;
    await expect
      .poll(async () => (await state()).status.conditions.at(-1).type, { timeout: 10_000 })
      .toBe("Succeeded");

    expect((await state()).metadata.uid).toBe(made.body.metadata.uid);
    expect([again.token, again.certificate]).toEqual([access.token, access.certificate]);
  });
});
