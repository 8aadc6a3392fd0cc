import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  callKubernetes,
  streamKubernetes,
  type Answer,
  type CallOptions,
  type KubernetesAccess,
} from "#test/kubernetes-call.ts";
import { waitUntil } from "#test/wait-until.ts";

interface Item {
  metadata: { name: string; resourceVersion: string; labels?: Record<string, string> };
}

/** Lists, watches and deletions: the part of the contract that is about many objects over time. */
export function kubernetesListsContract(name: string, open: () => Promise<KubernetesAccess>): void {
  describe(`lists and watches of ${name}`, () => {
    const namespace = `contract-${randomUUID().slice(0, 8)}`;
    const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;
    let access: KubernetesAccess;
    const stops: (() => void)[] = [];
    const call = (path: string, options?: CallOptions): Promise<Answer> =>
      callKubernetes(access, path, options);
    const add = async (mapName: string, labels: Record<string, string> = {}, metadata: object = {}) =>
      (
        await call(configMaps, {
          body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: mapName, labels, ...metadata } },
        })
      ).body;
    const namesOf = (answer: Answer): string[] => answer.body.items.map((item: Item) => item.metadata.name);
    const selector = (kind: string, text: string) => `${kind}Selector=${encodeURIComponent(text)}`;
    const remove = (mapName: string, body?: object) =>
      call(`${configMaps}/${mapName}`, { method: "DELETE", ...(body && { body }) });

    beforeAll(async () => {
      access = await open();
      await call("/api/v1/namespaces", { body: { metadata: { name: namespace } } });
      await add("red-1", { color: "red", size: "1" });
      await add("red-2", { color: "red", size: "2" });
      await add("blue-1", { color: "blue" });
      await add("plain", {});
    });
    afterEach(() => {
      for (const stop of stops.splice(0)) stop();
    });

    it.each([
      ["color=red", ["red-1", "red-2"]],
      ["color==red,size!=1", ["red-2"]],
      ["color!=red", ["blue-1", "plain"]],
      ["color in (red, blue)", ["blue-1", "red-1", "red-2"]],
      ["color notin (red)", ["blue-1", "plain"]],
      ["color", ["blue-1", "red-1", "red-2"]],
      ["!color", ["plain"]],
      ["size>1", ["red-2"]],
    ])("select by label: %s", async (text, expected) => {
      const answer = await call(`${configMaps}?${selector("label", text)}`);

      expect(namesOf(answer).filter((found) => found !== "kube-root-ca.crt")).toEqual(expected);
      expect(answer.body).toMatchObject({ kind: "ConfigMapList", apiVersion: "v1" });
    });

    it("select by field, and refuse what cannot be selected by", async () => {
      const found = await call(`${configMaps}?${selector("field", "metadata.name=red-1")}`);
      const wrong = [
        await call(`${configMaps}?${selector("field", "data.a=1")}`),
        await call(`${configMaps}?${selector("label", "a b c")}`),
        await call(`${configMaps}?${selector("label", "color in (red")}`),
      ];

      expect(namesOf(found)).toEqual(["red-1"]);
      for (const answer of wrong) expect(answer.body).toMatchObject({ code: 400, reason: "BadRequest" });
    });

    it("come in pages that all show the same moment", async () => {
      const path = `${configMaps}?limit=2&${selector("label", "color")}`;
      const first = await call(path);
      await add("aaa-late", { color: "late" });
      const second = await call(`${path}&continue=${encodeURIComponent(first.body.metadata.continue)}`);
      const nonsense = await call(`${path}&continue=nonsense`);
      await remove("aaa-late");

      expect([...namesOf(first), ...namesOf(second)]).toEqual(["blue-1", "red-1", "red-2"]);
      expect(second.body.metadata.continue).toBeUndefined();
      expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
      expect(nonsense.code).toBe(400);
    });

    it("come as rows for those who print", async () => {
      const answer = await call(`${configMaps}?${selector("label", "color=blue")}`, {
        headers: { accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json" },
      });

      expect(answer.body).toMatchObject({ kind: "Table", apiVersion: "meta.k8s.io/v1" });
      expect(answer.body.columnDefinitions[0]).toMatchObject({ name: "Name", format: "name" });
      expect(answer.body.rows).toHaveLength(1);
      expect(answer.body.rows[0].cells[0]).toBe("blue-1");
      expect(answer.body.rows[0].object.metadata.name).toBe("blue-1");
    });

    async function watch(query: string) {
      const stream = await streamKubernetes(access, `${configMaps}?watch=1&${query}`);
      stops.push(() => stream.stop());
      const events = () =>
        stream.lines.map((line) => JSON.parse(line) as { type: string; object: Item & { code?: number } });
      return {
        events,
        texts: () =>
          events()
            .filter(({ object }) => object.metadata.name !== "kube-root-ca.crt")
            .map(({ type, object }) => `${type} ${object.metadata.name ?? ""}`),
        isOpen: () => stream.isOpen(),
      };
    }

    it("are watched from where they were read", async () => {
      const { resourceVersion } = (await call(configMaps)).body.metadata;
      const watched = await watch(`resourceVersion=${resourceVersion}`);

      await add("watched", { color: "green" });
      await call(`${configMaps}/watched`, {
        method: "PATCH",
        type: "application/merge-patch+json",
        body: { data: { a: "1" } },
      });
      await remove("watched");
      await waitUntil("three events", () => watched.events().length >= 3);

      expect(watched.texts()).toEqual(["ADDED watched", "MODIFIED watched", "DELETED watched"]);
      const late = await watch(`resourceVersion=${resourceVersion}&timeoutSeconds=1`);
      await waitUntil("its end", () => !late.isOpen());
      expect(late.texts()).toEqual(watched.texts());
      const versions = watched.events().map(({ object }) => Number(object.metadata.resourceVersion));
      expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    });

    it("lose what a selector no longer finds", async () => {
      const { resourceVersion } = (await call(configMaps)).body.metadata;
      const watched = await watch(`resourceVersion=${resourceVersion}&${selector("label", "color=pink")}`);
      const paint = (color: string) =>
        call(`${configMaps}/painted`, {
          method: "PATCH",
          type: "application/merge-patch+json",
          body: { metadata: { labels: { color } } },
        });

      await add("painted", { color: "grey" });
      await paint("pink");
      await paint("black");
      await waitUntil("two events", () => watched.events().length >= 2);

      expect(watched.texts()).toEqual(["ADDED painted", "DELETED painted"]);
      await remove("painted");
    });

    it("begin with everything where that is asked for", async () => {
      const fromNothing = await watch(selector("label", "color=red"));
      const streamed = await watch(
        `sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&${selector("label", "color=red")}`,
      );
      await waitUntil("both", () => fromNothing.events().length >= 2 && streamed.events().length >= 3);

      expect(fromNothing.texts().toSorted()).toEqual(["ADDED red-1", "ADDED red-2"]);
      expect(streamed.events().at(2)).toMatchObject({
        type: "BOOKMARK",
        object: { metadata: { annotations: { "k8s.io/initial-events-end": "true" } } },
      });
    });

    it("answer an invalid version, and expire what is too old", async () => {
      expect((await call(`${configMaps}?resourceVersion=abc`)).code).toBe(400);
      expect(
        (await call(`${configMaps}?resourceVersion=999999999999&resourceVersionMatch=NotOlderThan`)).body,
      ).toMatchObject({
        code: 504,
        reason: "Timeout",
      });
    });

    it("are deleted one by one, with preconditions", async () => {
      const made = await add("deleted");
      const path = `${configMaps}/deleted`;

      const other = await remove("deleted", { preconditions: { uid: randomUUID() } });
      const policy = await remove("deleted", { propagationPolicy: "Nonsense" });
      const gone = await remove("deleted", { preconditions: { uid: made.metadata.uid } });
      const again = await remove("deleted");

      expect([other.code, policy.code, gone.code, again.code]).toEqual([409, 422, 200, 404]);
      expect(other.body).toMatchObject({ reason: "Conflict" });
      expect(other.body.message).toContain("the UID in the precondition");
      expect(gone.body).toMatchObject({
        kind: "Status",
        status: "Success",
        details: { name: "deleted", kind: "configmaps", uid: made.metadata.uid },
      });
      expect((await call(path)).code).toBe(404);
    });

    it("wait for finalizers", async () => {
      await add("held", {}, { finalizers: ["example.com/hold"] });

      const deleted = await remove("held");
      const still = await call(`${configMaps}/held`);
      await call(`${configMaps}/held`, {
        method: "PATCH",
        type: "application/merge-patch+json",
        body: { metadata: { finalizers: null } },
      });

      expect(deleted.body.metadata.deletionTimestamp).toMatch(/^\d{4}-/);
      expect(still.body.metadata).toMatchObject({
        deletionGracePeriodSeconds: 0,
        finalizers: ["example.com/hold"],
      });
      expect((await call(`${configMaps}/held`)).code).toBe(404);
    });

    it("are deleted together by selector", async () => {
      await Promise.all([add("bulk-1", { bulk: "yes" }), add("bulk-2", { bulk: "yes" })]);

      const answer = await call(`${configMaps}?${selector("label", "bulk=yes")}`, { method: "DELETE" });

      expect(answer.code).toBe(200);
      expect(namesOf(await call(configMaps))).not.toContain("bulk-1");
      expect(namesOf(await call(configMaps))).toContain("red-1");
    });
  });
}
