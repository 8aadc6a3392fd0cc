import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import {
  callKubernetes,
  type Answer,
  type CallOptions,
  type KubernetesAccess,
} from "#test/kubernetes-call.ts";

/**
 * What an API server must do for the bot and for kubectl, whichever it is: a simulated one or a real one that has the custom
 * resource PyTorchJob (kubeflow.org/v1). Uses a namespace of its own; needs no controllers.
 */
export function kubernetesApiContract(name: string, open: () => Promise<KubernetesAccess>): void {
  describe(`the Kubernetes API of ${name}`, () => {
    const namespace = `contract-${randomUUID().slice(0, 8)}`;
    const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;
    const jobs = `/apis/kubeflow.org/v1/namespaces/${namespace}/pytorchjobs`;
    let access: KubernetesAccess;
    const call = (path: string, options?: CallOptions): Promise<Answer> =>
      callKubernetes(access, path, options);
    beforeAll(async () => {
      access = await open();
      await call("/api/v1/namespaces", { body: { metadata: { name: namespace } } });
    });

    const configMap = (mapName: string, data: object = { a: "1" }, metadata: object = {}) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: mapName, ...metadata },
      data,
    });
    const job = (jobName: string, fields: object = {}) => ({
      apiVersion: "kubeflow.org/v1",
      kind: "PyTorchJob",
      metadata: { name: jobName },
      spec: {
        // Suspended, so that no operator touches it.
        runPolicy: { suspend: true },
        pytorchReplicaSpecs: {
          Master: {
            replicas: 1,
            template: { spec: { containers: [{ name: "pytorch", image: "unsloth-korean:1" }] } },
          },
        },
      },
      ...fields,
    });
    const create = async (path: string, body: object) => (await call(path, { body })).body;
    const patch = (path: string, kind: string, body: unknown) =>
      call(path, { method: "PATCH", type: `application/${kind}-patch+json`, body });
    const apply = (path: string, body: object, query: string) =>
      call(`${path}?${query}`, { method: "PATCH", type: "application/apply-patch+yaml", body });

    describe("discovery", () => {
      it("tells version, groups and resources, in parts and in one document", async () => {
        const [version, groups, core, kubeflow] = await Promise.all(
          ["/version", "/apis", "/api/v1", "/apis/kubeflow.org/v1"].map((path) => call(path)),
        );
        const aggregated = await call("/apis", {
          headers: { accept: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList" },
        });

        expect(version?.body).toMatchObject({ gitVersion: expect.stringMatching(/^v1\./) as string });
        expect(groups?.body.groups.map((group: { name: string }) => group.name)).toContain("kubeflow.org");
        expect(core?.body.resources).toContainEqual(
          expect.objectContaining({ name: "pods", namespaced: true, kind: "Pod", shortNames: ["po"] }),
        );
        expect(core?.body.resources).toContainEqual(expect.objectContaining({ name: "pods/log" }));
        expect(kubeflow?.body.resources).toContainEqual(
          expect.objectContaining({ name: "pytorchjobs", kind: "PyTorchJob" }),
        );
        expect(aggregated.body.kind).toBe("APIGroupDiscoveryList");
        expect(
          aggregated.body.items.map((item: { metadata: { name: string } }) => item.metadata.name),
        ).toContain("kubeflow.org");
      });
    });

    describe("writing", () => {
      it("adds what the server knows, and refuses the same name twice", async () => {
        const first = await call(configMaps, { body: configMap("twice") });
        const second = await call(configMaps, { body: configMap("twice") });

        expect(first.code).toBe(201);
        expect(first.body.metadata).toMatchObject({
          name: "twice",
          namespace,
          uid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
          resourceVersion: expect.stringMatching(/^\d+$/) as string,
          creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
        });
        expect(second.code).toBe(409);
        expect(second.body).toMatchObject({
          kind: "Status",
          status: "Failure",
          reason: "AlreadyExists",
          message: 'configmaps "twice" already exists',
          details: { name: "twice", kind: "configmaps" },
        });
      });

      it("makes up names from generateName", async () => {
        const body = { ...configMap("x"), metadata: { generateName: "made-" } };

        const names = [await create(configMaps, body), await create(configMaps, body)].map(
          (made) => made.metadata.name as string,
        );

        expect(new Set(names).size).toBe(2);
        for (const made of names) expect(made).toMatch(/^made-[a-z0-9]{5}$/);
      });

      it.each([
        ["a name that is none", { ...configMap("Not_A_Name") }, 422, "Invalid", "metadata.name"],
        ["no name", { ...configMap("x"), metadata: {} }, 422, "Invalid", "metadata.name"],
        [
          "a label that is none",
          configMap("x", {}, { labels: { a: "no label!" } }),
          422,
          "Invalid",
          "metadata.labels",
        ],
        ["another kind", { ...configMap("x"), kind: "Secret" }, 400, "BadRequest", undefined],
        ["another namespace", configMap("x", {}, { namespace: "other" }), 400, "BadRequest", undefined],
        ["labels that are no map", configMap("x", {}, { labels: ["a"] }), 400, "BadRequest", undefined],
        ["half a document", '{"kind":', 400, "BadRequest", undefined],
      ])("refuses %s", async (_what, body, code, reason, field) => {
        const answer = await call(configMaps, { method: "POST", body });

        expect(answer.body).toMatchObject({ kind: "Status", code, reason });
        expect(answer.code).toBe(code);
        if (field !== undefined)
          expect(answer.body.details.causes).toContainEqual(expect.objectContaining({ field }));
      });

      it("names the custom resource's fields that are wrong", async () => {
        const withoutSpecs = await call(jobs, { body: job("wrong", { spec: {} }) });
        const withText = job("wrong");
        Object.assign(withText.spec.pytorchReplicaSpecs.Master, { replicas: "one" });
        const wrongType = await call(jobs, { body: withText });

        expect(withoutSpecs.body).toMatchObject({
          code: 422,
          details: {
            group: "kubeflow.org",
            kind: "PyTorchJob",
            causes: expect.arrayContaining([
              expect.objectContaining({
                reason: "FieldValueRequired",
                field: "spec.pytorchReplicaSpecs",
                message: "Required value",
              }),
            ]) as unknown,
          },
        });
        expect(wrongType.body).toMatchObject({
          code: 422,
          details: {
            causes: expect.arrayContaining([
              expect.objectContaining({
                reason: "FieldValueTypeInvalid",
                field: "spec.pytorchReplicaSpecs.Master.replicas",
              }),
            ]) as unknown,
          },
        });
      });

      it("does not know a namespace that is not there", async () => {
        const answer = await call("/api/v1/namespaces/no-such/configmaps", { body: configMap("a") });

        expect(answer.body).toMatchObject({
          code: 404,
          reason: "NotFound",
          message: 'namespaces "no-such" not found',
          details: { name: "no-such", kind: "namespaces" },
        });
      });

      it("replaces only the version that was read", async () => {
        const made = await create(configMaps, configMap("replaced"));
        const path = `${configMaps}/replaced`;
        const put = (body: object) => call(path, { method: "PUT", body });

        const fresh = await put({ ...made, data: { a: "2" } });
        const stale = await put({ ...made, data: { a: "3" } });
        const unconditional = await put(configMap("replaced", { a: "4" }));
        const otherName = await put(configMap("other"));

        expect([fresh.code, stale.code, unconditional.code, otherName.code]).toEqual([200, 409, 200, 400]);
        expect(stale.body).toMatchObject({
          reason: "Conflict",
          message:
            'Operation cannot be fulfilled on configmaps "replaced": the object has been modified; please apply your changes to the latest version and try again',
        });
        expect((await call(path)).body.data).toEqual({ a: "4" });
        await create(jobs, job("unversioned"));
        const custom = await call(`${jobs}/unversioned`, { method: "PUT", body: job("unversioned") });
        expect(custom.body).toMatchObject({
          code: 422,
          details: { causes: [{ field: "metadata.resourceVersion" }] },
        });
      });

      it("leaves an object alone when nothing changes", async () => {
        const made = await create(configMaps, configMap("same"));

        const again = await patch(`${configMaps}/same`, "merge", { data: { a: "1" } });

        expect(again.body.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
      });

      it("rehearses without storing anything", async () => {
        const rehearsed = await call(`${configMaps}?dryRun=All`, { body: configMap("rehearsed") });
        const wrong = await call(`${configMaps}?dryRun=Some`, { body: configMap("rehearsed") });
        await create(configMaps, configMap("kept"));
        const deleted = await call(`${configMaps}/kept?dryRun=All`, { method: "DELETE" });

        expect([rehearsed.code, deleted.code]).toEqual([201, 200]);
        expect(rehearsed.body.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
        expect(rehearsed.body.metadata.resourceVersion).toBeUndefined();
        expect(wrong.body).toMatchObject({ code: 422, details: { causes: [{ field: "dryRun" }] } });
        expect((await call(`${configMaps}/rehearsed`)).code).toBe(404);
        expect((await call(`${configMaps}/kept`)).code).toBe(200);
      });
    });

    describe("patches", () => {
      it("merge, and remove with null", async () => {
        await create(configMaps, configMap("merged", { a: "1", b: "2" }));

        const answer = await patch(`${configMaps}/merged`, "merge", { data: { a: null, c: "3" } });

        expect(answer.body.data).toEqual({ b: "2", c: "3" });
      });

      it("as JSON patch fit or change nothing", async () => {
        await create(configMaps, configMap("stepped"));
        const path = `${configMaps}/stepped`;

        const good = await patch(path, "json", [
          { op: "test", path: "/data/a", value: "1" },
          { op: "add", path: "/data/b", value: "2" },
        ]);
        const bad = await patch(path, "json", [
          { op: "add", path: "/data/c", value: "3" },
          { op: "test", path: "/data/a", value: "9" },
        ]);
        const nowhere = await patch(path, "json", [{ op: "remove", path: "/data/none" }]);

        expect(good.body.data).toEqual({ a: "1", b: "2" });
        expect([bad.code, nowhere.code]).toEqual([422, 422]);
        expect((await call(path)).body.data).toEqual({ a: "1", b: "2" });
      });

      it("as strategic merge know built-in lists, and not custom resources", async () => {
        await create(configMaps, configMap("strategic", { a: "1" }, { finalizers: ["example.com/a"] }));
        await create(jobs, job("strategic"));

        const added = await patch(`${configMaps}/strategic`, "strategic-merge", {
          metadata: { finalizers: ["example.com/b"] },
        });
        const refused = await patch(`${jobs}/strategic`, "strategic-merge", { metadata: { labels: {} } });

        expect(added.body.metadata.finalizers.toSorted()).toEqual(["example.com/a", "example.com/b"]);
        expect(refused.code).toBe(415);
        await patch(`${configMaps}/strategic`, "merge", { metadata: { finalizers: null } });
      });

      it("are refused in other forms, for other names, and for stale versions", async () => {
        const made = await create(configMaps, configMap("guarded"));
        const path = `${configMaps}/guarded`;
        await patch(path, "merge", { data: { b: "2" } });

        const answers = [
          await call(path, { method: "PATCH", body: {} }),
          await patch(path, "merge", { metadata: { name: "other" } }),
          await patch(path, "merge", { metadata: { resourceVersion: made.metadata.resourceVersion } }),
          await patch(`${configMaps}/none`, "merge", {}),
          await patch(path, "merge", "7"),
        ];

        expect(answers.map(({ code }) => code)).toEqual([415, 400, 409, 404, 400]);
      });

      it("apply: create, own, give back, and conflict", async () => {
        const path = `${configMaps}/applied`;
        const first = await apply(path, configMap("applied", { a: "1", b: "2" }), "fieldManager=one");
        const second = await apply(path, configMap("applied", { a: "1" }), "fieldManager=one");
        const conflict = await apply(path, configMap("applied", { a: "9" }), "fieldManager=two");
        const forced = await apply(path, configMap("applied", { a: "9" }), "fieldManager=two&force=true");
        const handedOver = await apply(path, configMap("applied", {}), "fieldManager=one");
        const anonymous = await apply(path, configMap("applied", {}), "");

        expect([first.code, second.code]).toEqual([201, 200]);
        expect(second.body.data).toEqual({ a: "1" });
        expect(conflict.body).toMatchObject({
          code: 409,
          reason: "Conflict",
          message: 'Apply failed with 1 conflict: conflict with "one": .data.a',
          details: {
            causes: [{ reason: "FieldManagerConflict", message: 'conflict with "one"', field: ".data.a" }],
          },
        });
        expect(forced.body.data).toEqual({ a: "9" });
        expect(handedOver.body.data).toEqual({ a: "9" });
        expect(anonymous.code).toBe(422);
      });
    });

    describe("the status of a custom resource", () => {
      it("is written through its own path, and everything else through the object", async () => {
        const condition = { type: "Created", status: "True", reason: "r", message: "m" };
        const made = await create(jobs, job("parts", { status: { conditions: [condition] } }));
        const path = `${jobs}/parts`;

        const status = await patch(`${path}/status`, "merge", {
          spec: { nprocPerNode: "8" },
          status: { conditions: [condition] },
        });
        const spec = await patch(path, "merge", { spec: { nprocPerNode: "4" }, status: null });

        expect(made.status?.conditions ?? []).not.toContainEqual(condition);
        expect(made.metadata.generation).toBe(1);
        expect(status.body.status.conditions).toContainEqual(expect.objectContaining({ reason: "r" }));
        expect(status.body.spec.nprocPerNode).toBeUndefined();
        expect(status.body.metadata.generation).toBe(1);
        expect(spec.body.spec.nprocPerNode).toBe("4");
        expect(spec.body.metadata.generation).toBe(2);
        expect(spec.body.status.conditions).toContainEqual(expect.objectContaining({ reason: "r" }));
      });
    });

    describe("refusals", () => {
      it("are Status objects for unknown paths, names and methods", async () => {
        const answers = await Promise.all([
          call("/api/v1/nonsense"),
          call("/apis/nonsense.example/v1/things"),
          call(`${configMaps}/none`),
          call(configMaps, { method: "PUT", body: {} }),
          call(`/api/v1/namespaces/${namespace}/pods/none/log`),
        ]);

        expect(answers.map(({ code }) => code)).toEqual([404, 404, 404, 405, 404]);
        expect(answers[2]?.body).toMatchObject({
          kind: "Status",
          apiVersion: "v1",
          metadata: {},
          status: "Failure",
          message: 'configmaps "none" not found',
          reason: "NotFound",
          details: { name: "none", kind: "configmaps" },
          code: 404,
        });
      });

      it("need a token", async () => {
        const answer = await callKubernetes({ ...access, token: "nobody-knows" }, "/api/v1/pods");

        expect(answer.body).toMatchObject({ kind: "Status", code: 401, reason: "Unauthorized" });
      });

      it("tell an impersonated stranger what he may not, as the review does", async () => {
        const headers = { "Impersonate-User": "stranger@example.com", "Impersonate-Group": ["nobodies"] };
        const review = (resourceAttributes: object) => ({
          apiVersion: "authorization.k8s.io/v1",
          kind: "SelfSubjectAccessReview",
          spec: { resourceAttributes },
        });
        const attributes = { verb: "create", group: "kubeflow.org", resource: "pytorchjobs", namespace };

        const refused = await call(jobs, { body: job("mine"), headers });
        const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
        const stranger = await call(path, { body: review(attributes), headers });
        const administrator = await call(path, { body: review(attributes) });
        const who = await call("/apis/authentication.k8s.io/v1/selfsubjectreviews", {
          body: { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" },
          headers,
        });

        expect(refused.body).toMatchObject({
          code: 403,
          reason: "Forbidden",
          message: `pytorchjobs.kubeflow.org is forbidden: User "stranger@example.com" cannot create resource "pytorchjobs" in API group "kubeflow.org" in the namespace "${namespace}"`,
          details: { group: "kubeflow.org", kind: "pytorchjobs" },
        });
        expect(stranger.code).toBe(201);
        expect(stranger.body.status.allowed).toBe(false);
        expect(administrator.body.status.allowed).toBe(true);
        expect(who.body.status.userInfo).toMatchObject({
          username: "stranger@example.com",
          groups: ["nobodies", "system:authenticated"],
        });
      });
    });
  });
}
