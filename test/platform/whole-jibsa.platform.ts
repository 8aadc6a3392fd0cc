import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PlatformObject } from "#src/actions/ports.ts";
import { writeSettings } from "#test/fixtures/settings-file.ts";
import { startJibsa, type Jibsa } from "#test/servers/jibsa.ts";
import { wordsOf, type PlaygroundMessage } from "#test/servers/playground-client.ts";
import { makeTemporaryFolder } from "#test/temporary-folder.ts";
import { waitUntil } from "#test/wait-until.ts";
import { isImpersonated, readChangesByBot } from "./audit-log.ts";
import { openPlatform, type Platform } from "./open-platform.ts";
import type { TrainingNamespace } from "./training-namespace.ts";

const CHANNEL = "llm-training";
const [RESEARCHER, OPERATOR] = ["minji", "sora"];
const SLOW_MS = 90_000;

/** `jibsa up` with the kubeconfig of its ServiceAccount, people in Slack, and nothing simulated on the cluster's side but machines. */
describe("Jibsa on a real control plane", () => {
  let folder: string;
  let platform: Platform;
  let namespace: TrainingNamespace;
  let jibsa: Jibsa;
  beforeAll(async () => {
    folder = await makeTemporaryFolder("platform");
    platform = await openPlatform();
    namespace = await platform.openNamespace();
    await namespace.claimVolumes(["llm-training-data-pvc", "model-output-pvc"]);
    await namespace.steer({ durationSeconds: "forever" });
    const kubeconfig = join(folder, "kubeconfig");
    await writeFile(kubeconfig, platform.kubeconfig, { mode: 0o600 });
    jibsa = await startJibsa({
      args: ["--config", await writeSettings(folder, (settings) => inNamespace(settings, namespace.name))],
      env: { KUBECONFIG: kubeconfig },
    });
  });
  afterAll(async () => {
    await jibsa?.close();
    await platform.close();
    await rm(folder, { recursive: true, force: true });
  });

  const jobs = async (): Promise<(PlatformObject & { status?: unknown })[]> =>
    (
      (await platform.admin.must(`/apis/kubeflow.org/v1/namespaces/${namespace.name}/pytorchjobs`)) as {
        items: PlatformObject[];
      }
    ).items;
  const waitFor = (who: string, fits: (message: PlaygroundMessage) => boolean) =>
    jibsa.playground.waitFor(who, CHANNEL, fits, { timeoutMs: SLOW_MS }).catch((error: unknown) => {
      throw new Error(`nothing came; the bot said:\n${jibsa.output().slice(-4_000)}`, { cause: error });
    });
  async function start(who: string): Promise<PlatformObject> {
    const before = new Set((await jobs()).map(({ metadata }) => metadata.name));
    await jibsa.playground.command(who, CHANNEL, "/train", "start preprocess");
    const preview = await waitFor(
      who,
      (message) => message.is_ephemeral === true && wordsOf(message).includes("request.start"),
    );
    await jibsa.playground.press(who, CHANNEL, preview.ts, "request.start");
    return waitUntil(
      "the job",
      async () => (await jobs()).find(({ metadata }) => !before.has(metadata.name)),
      SLOW_MS,
      100,
    );
  }
  const cardOf = (who: string, job: PlatformObject, state: string) =>
    waitFor(who, (message) => {
      const words = wordsOf(message);
      return words.includes(`\`${job.metadata.name}\``) && words.includes(`preprocess · ${state}`);
    });

  it("says that the cluster is real", () => {
    expect(jibsa.output()).toMatch(/cluster onprem-a +real/);
  });

  it("starts a run as the person who asked, follows it and tells its end", async () => {
    const job = await start(RESEARCHER);
    await cardOf(RESEARCHER, job, "실행 중");

    await namespace.steerPodsOf(job.metadata.name, { durationSeconds: 0.1 });

    await cardOf(RESEARCHER, job, "성공");
    const creation = readChangesByBot(platform.auditLog).find(
      ({ verb, requestURI, responseStatus }) =>
        verb === "create" &&
        requestURI.includes(`/${namespace.name}/pytorchjobs`) &&
        responseStatus?.code === 201 &&
        !requestURI.includes("dryRun"),
    );
    expect(creation?.impersonatedUser).toMatchObject({ username: "minji@example.com" });
    expect(creation?.impersonatedUser?.groups).toContain("jibsa:researchers");
  });

  it("ends a run that is cancelled, on the cluster too", async () => {
    const job = await start(OPERATOR);
    const card = await cardOf(OPERATOR, job, "running");

    await jibsa.playground.press(OPERATOR, CHANNEL, card.ts, "run.cancel");

    await cardOf(OPERATOR, job, "cancelled");
    await waitUntil(
      "the job to be gone",
      async () => !(await jobs()).some(({ metadata }) => metadata.name === job.metadata.name),
    );
  });

  it("has changed nothing in its own name", () => {
    const changes = readChangesByBot(platform.auditLog).filter(({ requestURI }) =>
      requestURI.includes(namespace.name),
    );

    expect(changes.length).toBeGreaterThan(0);
    expect(changes.filter((change) => !isImpersonated(change))).toEqual([]);
  });
});

/** The example's PyTorchJob stages and its rules in another namespace; no documents and no model. */
function inNamespace(settings: Record<string, unknown>, namespace: string): void {
  settings["stages"] = (settings["stages"] as { engine: string }[])
    .filter(({ engine }) => engine === "pytorch-job")
    .map((stage) => ({ ...stage, namespace }));
  for (const rule of (settings["policy"] as { rules: { namespaces?: string[] }[] }).rules)
    if (rule.namespaces !== undefined) rule.namespaces = [namespace];
  settings["milvus"] = { address: "127.0.0.1:1" };
  settings["model"] = { provider: "none" };
  settings["knowledge"] = { sources: [], watch: false };
}
