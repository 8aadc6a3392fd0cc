import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PlatformObject } from "#src/actions/ports.ts";
import { waitUntil } from "#test/wait-until.ts";
import { minimalObject } from "./minimal-objects.ts";
import { openPlatform, type Platform } from "./open-platform.ts";
import { PEOPLE } from "./rbac-manifests.ts";

const { group, version, object } = minimalObject("pytorchjobs");
const AGAIN_MS = 60_000;

/** With the rights of Jibsa's own account, on a network that breaks. */
describe("the watch of a namespace's runs", () => {
  let platform: Platform;
  let namespace: string;
  let told: string[];
  const stop = new AbortController();
  beforeEach(async () => {
    platform = await openPlatform();
    namespace = (await platform.openNamespace()).name;
    told = [];
    platform.cluster.watch(
      { group, version, resource: "pytorchjobs", namespace },
      (name) => told.push(name),
      stop.signal,
    );
  });
  afterEach(async () => {
    stop.abort();
    await platform.close();
  });

  const path = () => `/apis/${group}/${version}/namespaces/${namespace}/pytorchjobs`;
  const job = (name: string): PlatformObject => ({
    apiVersion: `${group}/${version}`,
    ...object,
    metadata: { name, namespace },
  });

  it("tells after an outage of what came, changed and went meanwhile", async () => {
    await platform.cluster.create(job("stays"), PEOPLE.researcher);
    await platform.cluster.create(job("goes"), PEOPLE.researcher);
    await waitUntil("both to be told", () => told.includes("stays") && told.includes("goes"), AGAIN_MS);
    await platform.proxy.goAway();
    told = [];
    await platform.admin.must(path(), { body: job("comes"), method: "POST" });
    await platform.admin.must(`${path()}/goes`, { method: "DELETE" });

    await platform.proxy.comeBack();

    await waitUntil("both to be told", () => told.includes("comes") && told.includes("goes"), AGAIN_MS);
    expect(await platform.cluster.isReachable()).toMatchObject({ reachable: true });
  });
});
