import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMlflow } from "#src/actions/adapters/mlflow.ts";
import { mlflowSchema } from "#src/config/metrics-schema.ts";
import type { MlflowServer } from "#test/servers/mlflow-stand-in.ts";

const settingsOf = (url: string) => {
  const parsed = mlflowSchema.parse({ url });
  if (parsed === undefined) throw new Error("no settings");
  return { url, names: parsed.metrics };
};
const point = (step: number, value: number) => ({ step, value, timestamp: 1_700_000_000_000 + step * 1_000 });

/** What is relied on of an MLflow server: held by the stand-in of the quick tier and by a real one. */
export function mlflowContract(name: string, start: () => Promise<MlflowServer>): void {
  describe(`MLflow: ${name}`, () => {
    let server: MlflowServer;
    beforeAll(async () => {
      server = await start();
      await server.log({
        experiment: "korean-llm-training",
        name: "sft-r1-SFT-20261125",
        metrics: { train_loss: [point(10, 2.5), point(20, 2.25)], learning_rate: [point(20, 1e-5)] },
      });
      await server.log({
        experiment: "another",
        name: "tagged",
        tags: { "jibsa.run": "rlhf-r3" },
        metrics: { loss: [point(5, 0.5)] },
      });
      await server.log({
        experiment: "another",
        name: "royal-sun-7",
        tags: { "jibsa.request-id": "r2" },
        metrics: {
          loss: [point(1, 3), point(2, Number.NaN), point(3, 1.5)],
          eval_loss: [point(3, 1.75)],
          tokens_per_second: [point(3, 14_200)],
        },
      });
    }, 400_000);
    afterAll(() => (server as MlflowServer | undefined)?.close());

    it("finds a run by the tag with its request, with its history and a page", async () => {
      const mlflow = createMlflow({ ...settingsOf(server.url), pageUrl: "https://mlflow.example.com/" });

      const found = await mlflow.find({ requestId: "r2", name: "sft-r2" }, { withHistory: true });

      expect(found).toMatchObject({
        loss: [
          { step: 1, value: 3, atMs: 1_700_000_001_000 },
          { step: 3, value: 1.5 },
        ],
        evalLoss: [{ step: 3, value: 1.75 }],
        tokensPerSecond: 14_200,
        links: [{ title: "MLflow" }],
      });
      expect(found?.links[0]?.url).toMatch(
        /^https:\/\/mlflow\.example\.com\/#\/experiments\/\d+\/runs\/\w{32}$/,
      );
    });

    it("finds a run by its name in another's, and without history its newest point alone", async () => {
      const mlflow = createMlflow(settingsOf(server.url));

      const found = await mlflow.find({ requestId: "r1", name: "sft-r1" }, { withHistory: false });

      expect(found).toMatchObject({ loss: [{ step: 20, value: 2.25 }], learningRate: 1e-5, evalLoss: [] });
    });

    it("finds a run by the tag with its name", async () => {
      const mlflow = createMlflow(settingsOf(server.url));

      const found = await mlflow.find({ requestId: "r3", name: "rlhf-r3" }, { withHistory: false });

      expect(found).toMatchObject({ loss: [{ step: 5, value: 0.5 }] });
    });

    it("finds none that is not there, whatever its name would mean in a filter", async () => {
      const mlflow = createMlflow(settingsOf(server.url));

      for (const wanted of ["nothing", "' OR tags.x = '", "%", "`"])
        expect(
          await mlflow.find({ requestId: wanted, name: `none-${wanted}` }, { withHistory: true }),
        ).toBeUndefined();
    });
  });
}
