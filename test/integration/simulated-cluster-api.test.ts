import { mkdtempSync, rmSync, statSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { CoreV1Api, KubeConfig, KubernetesObjectApi, Watch } from "@kubernetes/client-node";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createManualClock } from "#src/playground/cluster/cluster-clock.ts";
import {
  startSimulatedCluster,
  type SimulatedCluster,
} from "#src/playground/cluster/start-simulated-cluster.ts";
import { kubernetesApiContract } from "#test/contracts/kubernetes-api-contract.ts";
import { kubernetesListsContract } from "#test/contracts/kubernetes-lists-contract.ts";
import {
  accessFromKubeconfig,
  callKubernetes,
  streamKubernetes,
  type CallOptions,
} from "#test/kubernetes-call.ts";
import { waitUntil } from "#test/wait-until.ts";

let shared: SimulatedCluster;
beforeAll(async () => {
  shared = await startSimulatedCluster({ port: 0 });
});
afterAll(() => shared.close());
const openShared = () => Promise.resolve(accessFromKubeconfig(shared.kubeconfig));
kubernetesApiContract("the simulated cluster", openShared);
kubernetesListsContract("the simulated cluster", openShared);

let folder: string;
let clock: ReturnType<typeof createManualClock>;
let simulated: SimulatedCluster;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "jibsa-cluster-"));
  clock = createManualClock();
  simulated = await startSimulatedCluster({ port: 0, dataDir: folder, clock });
});
afterEach(async () => {
  await simulated.close();
  rmSync(folder, { recursive: true });
});
const call = (path: string, options?: CallOptions) =>
  callKubernetes(accessFromKubeconfig(simulated.kubeconfig), path, options);
const CONFIG_MAPS = "/api/v1/namespaces/mlops/configmaps";
const configMap = (name: string, metadata: object = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "mlops", ...metadata },
});

describe("the generated client", () => {
  const config = () => {
    const loaded = new KubeConfig();
    loaded.loadFromFile(simulated.kubeconfigPath ?? "");
    return loaded;
  };

  it("applies, reads and deletes any object by discovery", async () => {
    const client = KubernetesObjectApi.makeApiClient(config());

    const made = await client.create(configMap("any"));
    await client.delete(configMap("any"));

    expect(made.metadata).toHaveProperty("uid");
    await expect(client.read(configMap("any"))).rejects.toMatchObject({ code: 404 });
  });

  it("watches with its own parser", async () => {
    const core = config().makeApiClient(CoreV1Api);
    const seen: string[] = [];
    const watching = await new Watch(config()).watch(
      CONFIG_MAPS,
      { allowWatchBookmarks: true },
      (phase: string, object: { metadata: { name: string } }) =>
        seen.push(`${phase} ${object.metadata.name}`),
      () => undefined,
    );

    await core.createNamespacedConfigMap({ namespace: "mlops", body: { metadata: { name: "seen" } } });
    await waitUntil("the event", () => seen.includes("ADDED seen"));
    watching.abort();
  });
});

describe("what goes wrong when it is asked to", () => {
  it.each([
    ["rate-limit", 429, "TooManyRequests"],
    ["error", 500, "InternalError"],
  ] as const)("%s answers %s once", async (kind, code, reason) => {
    simulated.control.addFault({ kind, verb: "create", resource: "configmaps", retryAfterSeconds: 7 });

    const faulty = await call(CONFIG_MAPS, { body: configMap("a") });
    const good = await call(CONFIG_MAPS, { body: configMap("a") });

    expect(faulty.body).toMatchObject({ kind: "Status", code, reason });
    expect(faulty.headers["retry-after"]).toBe(code === 429 ? "7" : undefined);
    expect(good.code).toBe(201);
  });

  it("loses an answer after the write, is late, and cuts watches", async () => {
    simulated.control.addFault({ kind: "lose-answer", verb: "create" });
    await expect(call(CONFIG_MAPS, { body: configMap("lost") })).rejects.toThrow();
    expect((await call(`${CONFIG_MAPS}/lost`)).code).toBe(200);

    simulated.control.addFault({ kind: "delay", delayMs: 60 });
    const startedAtMs = performance.now();
    await call(CONFIG_MAPS);
    expect(performance.now() - startedAtMs).toBeGreaterThan(55);

    const watched = await streamKubernetes(
      accessFromKubeconfig(simulated.kubeconfig),
      `${CONFIG_MAPS}?watch=1`,
    );
    simulated.control.cutWatches();
    await waitUntil("the cut", () => !watched.isOpen());
  });

  it("is told so from outside by an administrator alone", async () => {
    const body = { kind: "rate-limit", resource: "configmaps" };
    const headers = { "Impersonate-User": "u", "Impersonate-Group": ["jibsa:operators"] };

    const refused = await call("/_simulation/faults", { body, headers });
    const wrong = await call("/_simulation/faults", { body: { kind: "nonsense" } });
    const taken = await call("/_simulation/faults", { body });

    expect([refused.code, wrong.code, taken.code]).toEqual([403, 422, 200]);
    expect((await call(CONFIG_MAPS)).code).toBe(429);
  });

  it("forgets its history: watches and pages from before are expired", async () => {
    await Promise.all(["a", "b", "c"].map((name) => call(CONFIG_MAPS, { body: configMap(name) })));
    const first = await call(`${CONFIG_MAPS}?limit=2`);
    const { resourceVersion, continue: token } = first.body.metadata;
    await call(CONFIG_MAPS, { body: configMap("d") });
    simulated.control.forgetHistory();

    const watched = await call(`${CONFIG_MAPS}?watch=1&resourceVersion=${resourceVersion}`);
    const page = await call(`${CONFIG_MAPS}?limit=2&continue=${token}`);
    const rest = await call(`${CONFIG_MAPS}?limit=2&continue=${page.body.metadata.continue}`);

    expect(JSON.parse(watched.text)).toMatchObject({
      type: "ERROR",
      object: { kind: "Status", code: 410, reason: "Expired" },
    });
    expect(page.body).toMatchObject({ code: 410, reason: "Expired" });
    expect(rest.body.items.map((item: { metadata: { name: string } }) => item.metadata.name)).toEqual([
      "c",
      "d",
    ]);
  });
});

it("closes in the middle of a write without a trace of it", async () => {
  const other = mkdtempSync(join(tmpdir(), "jibsa-cluster-"));
  const start = () => startSimulatedCluster({ port: 0, dataDir: other, clock });
  const closing = await start();
  closing.control.addFault({ kind: "delay", delayMs: 400 });
  const writing = callKubernetes(accessFromKubeconfig(closing.kubeconfig), CONFIG_MAPS, {
    body: configMap("late"),
  }).catch((error: unknown) => error);
  await new Promise((done) => setTimeout(done, 25));
  clock.advance(60_000);
  await closing.close();

  expect(await writing).toBeInstanceOf(Error);
  await new Promise((done) => setTimeout(done, 450));
  const again = await start();
  const list = await callKubernetes(accessFromKubeconfig(again.kubeconfig), CONFIG_MAPS);
  expect(list.body.items).toEqual([]);
  await again.close();
  rmSync(other, { recursive: true });
});

describe("owners and what they own", () => {
  const owned = (name: string, owner: { metadata: { name: string; uid: string } }, blocks = true) =>
    configMap(name, {
      ownerReferences: [
        {
          apiVersion: "v1",
          kind: "ConfigMap",
          name: owner.metadata.name,
          uid: owner.metadata.uid,
          blockOwnerDeletion: blocks,
        },
      ],
    });
  const family = async (metadata: object = {}) => {
    const owner = (await call(CONFIG_MAPS, { body: configMap("owner") })).body;
    const child = { ...owned("child", owner) };
    await call(CONFIG_MAPS, { body: { ...child, metadata: { ...child.metadata, ...metadata } } });
    return owner;
  };
  const isThere = async (name: string) => (await call(`${CONFIG_MAPS}/${name}`)).code === 200;
  const remove = (propagationPolicy: string) =>
    call(`${CONFIG_MAPS}/owner`, { method: "DELETE", body: { propagationPolicy } });

  it("go together in the background, and apart as orphans", async () => {
    await family();
    await remove("Background");
    expect([await isThere("owner"), await isThere("child")]).toEqual([false, false]);

    await family();
    await remove("Orphan");
    expect([await isThere("owner"), await isThere("child")]).toEqual([false, true]);
    expect((await call(`${CONFIG_MAPS}/child`)).body.metadata.ownerReferences).toEqual([]);
  });

  it("wait for each other in the foreground", async () => {
    await family({ finalizers: ["example.com/hold"] });

    const deleted = await remove("Foreground");
    const waiting = await isThere("owner");
    await call(`${CONFIG_MAPS}/child`, {
      method: "PATCH",
      type: "application/merge-patch+json",
      body: { metadata: { finalizers: null } },
    });

    expect(deleted.body.metadata.finalizers).toEqual(["foregroundDeletion"]);
    expect(waiting).toBe(true);
    expect([await isThere("owner"), await isThere("child")]).toEqual([false, false]);
  });

  it("do not survive an owner that never was", async () => {
    await call(CONFIG_MAPS, { body: owned("child", { metadata: { name: "ghost", uid: "no-such-uid" } }) });

    expect(await isThere("child")).toBe(false);
  });

  it("a namespace takes everything in it along, and nothing new", async () => {
    await call("/api/v1/namespaces", { body: { metadata: { name: "short" } } });
    const held = { ...configMap("held"), metadata: { name: "held", finalizers: ["example.com/hold"] } };
    await call("/api/v1/namespaces/short/configmaps", { body: held });

    const deleted = await call("/api/v1/namespaces/short", { method: "DELETE" });
    const late = await call("/api/v1/namespaces/short/configmaps", { body: { metadata: { name: "late" } } });
    await call("/api/v1/namespaces/short/configmaps/held", {
      method: "PATCH",
      type: "application/merge-patch+json",
      body: { metadata: { finalizers: [] } },
    });

    expect(deleted.body.status).toEqual({ phase: "Terminating" });
    expect(late.body).toMatchObject({ code: 403, details: { causes: [{ reason: "NamespaceTerminating" }] } });
    expect((await call("/api/v1/namespaces/short")).code).toBe(404);
  });
});

describe("who is let in", () => {
  it("is who has the token, which only the owner of the folder can read", async () => {
    expect(statSync(simulated.kubeconfigPath ?? "").mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "credentials.json")).mode & 0o777).toBe(0o600);
    const access = accessFromKubeconfig(simulated.kubeconfig);
    const answer = await callKubernetes({ ...access, token: "" }, "/api/v1/nodes");
    expect(answer.code).toBe(401);
  });

  it("comes from this machine, by its own name", async () => {
    const { port } = new URL(simulated.url);
    const other = Object.values(networkInterfaces())
      .flat()
      .find((address) => address?.family === "IPv4" && !address.internal)?.address;
    const reach = (host: string, header: string) =>
      new Promise<number | string>((resolve) => {
        httpsRequest(
          { host, port, path: "/readyz", rejectUnauthorized: false, headers: { host: header } },
          (response) => resolve(response.resume().statusCode ?? 0),
        )
          .on("error", (error) => resolve((error as NodeJS.ErrnoException).code ?? ""))
          .end();
      });

    expect(await reach("127.0.0.1", `127.0.0.1:${port}`)).toBe(200);
    expect(await reach("127.0.0.1", "evil.example")).toBe(403);
    if (other !== undefined) expect(await reach(other, `127.0.0.1:${port}`)).toBe("ECONNREFUSED");
  });

  it("reads but does not touch as a viewer, and never sees secrets", async () => {
    const headers = { "Impersonate-User": "v@example.com", "Impersonate-Group": ["jibsa:viewers"] };
    const as = (path: string, options: CallOptions = {}) => call(path, { ...options, headers });

    const answers = await Promise.all([
      as("/api/v1/nodes"),
      as("/api/v1/namespaces/llm-training/pods/vision-pretrain-0/log"),
      as("/api/v1/secrets"),
      as(CONFIG_MAPS, { body: configMap("a") }),
      as("/api/v1/namespaces/llm-training/pods/vision-pretrain-0", { method: "DELETE" }),
    ]);
    const rules = await as("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", {
      body: { spec: { namespace: "llm-training" } },
    });

    // The pod starts after two seconds of the cluster's own time.
    expect(answers.map(({ code }) => code)).toEqual([200, 400, 403, 403, 403]);
    expect(rules.body.status.resourceRules).toEqual([
      { verbs: ["get", "list", "watch"], apiGroups: ["*"], resources: ["*"] },
    ]);
  });
});

describe("what shows that it is simulated", () => {
  it("is its version, its nodes and its logs", async () => {
    clock.advance(3_000);
    const [version, nodes, log] = await Promise.all([
      call("/version"),
      call("/api/v1/nodes?labelSelector=jibsa.dev/simulated%3Dtrue"),
      call("/api/v1/namespaces/llm-training/pods/vision-pretrain-0/log"),
    ]);

    expect(version?.body.gitVersion).toBe("v1.36.3-simulated");
    expect(nodes?.body.items).toHaveLength(4);
    expect(log?.text).toMatch(/^\[simulated\]/);
  });
});
