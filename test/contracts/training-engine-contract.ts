import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ClusterUnavailableError } from "#src/actions/cluster-ports.ts";
import type { Identity, Stage, StageParams } from "#src/actions/ports.ts";
import type { TrainingEngine } from "#src/actions/training/engine-ports.ts";
import type { RunState } from "#src/store/database.ts";
import { personFixture } from "#test/fixtures/people.ts";
import { waitUntil } from "#test/wait-until.ts";

export interface EngineUnderTest {
  engine: TrainingEngine;
  stage: Stage;
  params: StageParams;
  researcher: Identity;
  stranger: Identity;
  /** Brings the platform to where a run of that name is in this state. */
  bring(name: string, state: Extract<RunState, "running" | "succeeded" | "failed">): Promise<void>;
  /** Nothing in the cluster tells of its runs: they are found by looking. */
  isPolled?: true;
  /** Lets the platform's own loops go round where a test holds its clock. */
  settle(): void;
  /** The platform does the next creation and its answer is lost. */
  loseNextAnswer(): void;
  /** Somebody else deletes it. */
  deleteBehindOurBack(name: string): Promise<void>;
  close(): Promise<void>;
}

/** What every engine does, whatever its platform. */
export function trainingEngineContract(name: string, open: () => Promise<EngineUnderTest>): void {
  describe(`a training engine: ${name}`, () => {
    let opened: EngineUnderTest;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    const render = (requestId = "r1") =>
      opened.engine.render(opened.stage, opened.params, { requestId, owner: personFixture() });
    async function submit(requestId = "r1") {
      const submitted = await opened.engine.submit(
        render(requestId),
        opened.stage.cluster,
        opened.researcher,
      );
      if (!submitted.ok) throw new Error(submitted.failure.message);
      return submitted.value;
    }
    const observe = async (ref: Awaited<ReturnType<typeof submit>>) =>
      opened.engine.observe(ref, opened.researcher);

    it("builds the same object for the same request, with another name for another request", () => {
      expect(render("r1")).toEqual(render("r1"));
      expect(render("r2").metadata.name).not.toBe(render("r1").metadata.name);
      expect(JSON.stringify(render("r1"))).toContain("r1");
      expect(opened.stage.template).not.toHaveProperty("metadata.name");
    });

    it("says what its object asks for", () => {
      expect(opened.engine.footprint(render())).toMatchObject({ gpus: 2, gpuType: "h100" });
    });

    it("checks an object as the person, and makes nothing by it", async () => {
      const { engine, stage, researcher, stranger } = opened;

      expect(await engine.check(render(), stage.cluster, researcher)).toMatchObject({ ok: true });
      expect(await engine.check(render(), stage.cluster, stranger)).toMatchObject({
        ok: false,
        failure: { kind: "forbidden" },
      });
      const ref = { cluster: stage.cluster, namespace: stage.namespace, name: render().metadata.name };
      expect((await observe(ref)).deletedElsewhere).toBe(true);
    });

    it("makes a run once, however often it is asked for, an answer lost in between", async () => {
      opened.loseNextAnswer();
      await expect(submit()).rejects.toBeInstanceOf(ClusterUnavailableError);

      const [first, second] = [await submit(), await submit()];

      expect(first.uid).toBeTruthy();
      expect(second).toEqual(first);
    });

    it("leaves an object of that name alone that was made for another request", async () => {
      await submit();
      const ours = render();
      const theirs = render("r2");
      const namesake = { ...theirs, metadata: { ...theirs.metadata, name: ours.metadata.name } };

      const refused = await opened.engine.submit(namesake, opened.stage.cluster, opened.researcher);

      expect(refused).toMatchObject({ ok: false, failure: { kind: "name-taken" } });
    });

    it("follows a run from waiting to its end", async () => {
      const ref = await submit();
      expect(["queued", "starting"]).toContain((await observe(ref)).state);

      await opened.bring(ref.name, "running");
      expect((await observe(ref)).state).toBe("running");
      await opened.bring(ref.name, "succeeded");

      expect(await observe(ref)).toMatchObject({ state: "succeeded", progress: 1 });
    });

    it("tells why a run failed", async () => {
      const ref = await submit();
      await opened.bring(ref.name, "failed");

      const { state, reason } = await observe(ref);

      expect(state).toBe("failed");
      expect(reason).toBeTruthy();
    });

    it("knows a run that was deleted elsewhere from one that failed", async () => {
      const ref = await submit();
      await opened.deleteBehindOurBack(ref.name);

      expect(await observe(ref)).toMatchObject({ state: "lost", deletedElsewhere: true });
    });

    it("suspends a run and lets it go on, for those who may, where its platform can", async () => {
      const { engine, researcher, stranger } = opened;
      if (engine.suspend === undefined || engine.resume === undefined) {
        expect(engine.suspend).toBe(engine.resume);
        return;
      }
      const ref = await submit();

      expect(await engine.suspend(ref, stranger)).toMatchObject({ kind: "forbidden" });
      expect(await engine.suspend(ref, researcher)).toEqual({ kind: "done" });
      await waitUntil("the run to be suspended", async () => {
        opened.settle();
        return (await observe(ref)).detail?.suspended === true;
      });
      expect((await observe(ref)).state).toBe("queued");
      expect(await engine.suspend(ref, researcher)).toEqual({ kind: "unchanged" });
      expect(await engine.resume(ref, researcher)).toEqual({ kind: "done" });

      await opened.bring(ref.name, "succeeded");
      expect((await observe(ref)).state).toBe("succeeded");
      expect(await engine.suspend(ref, researcher)).toEqual({ kind: "already-ended", state: "succeeded" });
    });

    it("names the kinds whose changes tell of its runs, where there are any", () => {
      expect(opened.engine.watched.length > 0).toBe(opened.isPolled !== true);
    });

    it("cancels what runs, for those who may, and says what has ended already", async () => {
      const { engine, researcher, stranger } = opened;
      const ended = await submit("r2");
      await opened.bring(ended.name, "succeeded");
      const running = await submit("r1");

      expect(await engine.cancel(running, stranger)).toMatchObject({ kind: "forbidden" });
      expect(await engine.cancel(running, researcher)).toEqual({ kind: "cancelled" });
      expect(await engine.cancel(ended, researcher)).toEqual({ kind: "already-ended", state: "succeeded" });
      expect(await engine.cancel({ ...running, name: "no-such-run", uid: "u-0" }, researcher)).toEqual({
        kind: "not-found",
      });
    });
  });
}
