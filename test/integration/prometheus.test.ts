import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { createPrometheus } from "#src/actions/adapters/prometheus.ts";
import { MetricsUnavailableError } from "#src/actions/training/metrics-ports.ts";

const NOW = 1_700_000_600_000;
const run = { namespace: "llm-training", name: "sft-r1" };
const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

/** Answers as Prometheus does; what a query means only a real one knows, and the platform tier asks one. */
async function serve(rangeAnswer: unknown, { names = ["DCGM_FI_DEV_GPU_UTIL"], status = 200 } = {}) {
  const seen: { path: string; query: URLSearchParams; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const { pathname: path, searchParams: query } = new URL(request.url ?? "/", "http://127.0.0.1");
    seen.push({ path, query, authorization: request.headers.authorization });
    const isRange = path === "/api/v1/query_range";
    response
      .writeHead(isRange ? status : 200)
      .end(JSON.stringify(isRange ? rangeAnswer : { status: "success", data: names }));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  closers.push(() => server.close().closeAllConnections());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}
const matrix = (...values: [number, string][]) => ({
  status: "success",
  data: { resultType: "matrix", result: [{ metric: { run_pod: "sft-r1-master-0" }, values }] },
});

it("gives the numbers of each pod, and leaves out what is none", async () => {
  const { url, seen } = await serve(matrix([1, "12.5"], [31, "NaN"], [61, "+Inf"], [91, "50"]));

  const use = await createPrometheus({ url, token: "t" }, () => NOW).useOf(run, 11);

  expect(use).toEqual([
    {
      pod: "sft-r1-master-0",
      samples: [
        { atMs: 1_000, percent: 12.5 },
        { atMs: 91_000, percent: 50 },
      ],
    },
  ]);
  const asked = seen.at(-1);
  expect(asked?.authorization).toBe("Bearer t");
  expect(Object.fromEntries(asked?.query ?? [])).toMatchObject({
    start: "1699999940",
    end: "1700000600",
    step: "30",
  });
});

it("does not ask for the use of GPUs where nothing measures it, and looks again the next time", async () => {
  const { url, seen } = await serve(matrix(), { names: [] });
  const monitor = createPrometheus({ url });

  expect(await monitor.useOf(run, 11)).toEqual([]);
  await monitor.useOf(run, 11);

  expect(seen.map(({ path }) => path)).toEqual(Array(2).fill("/api/v1/label/__name__/values"));
});

it("passes on why a query was refused", async () => {
  const { url } = await serve(
    { status: "error", errorType: "timeout", error: "query timed out" },
    { status: 503 },
  );

  await expect(createPrometheus({ url }).useOf(run, 11)).rejects.toThrow(/timeout: query timed out/);
});

it.each([{ status: "success", data: { resultType: "vector", result: [] } }, { nothing: true }])(
  "takes %j for an outage",
  async (answer) => {
    const { url } = await serve(answer);

    await expect(createPrometheus({ url }).useOf(run, 11)).rejects.toThrow(MetricsUnavailableError);
  },
);
