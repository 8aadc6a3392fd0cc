import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPrometheus } from "#src/actions/adapters/prometheus.ts";
import { MetricsUnavailableError } from "#src/actions/training/metrics-ports.ts";

/** A Prometheus that knows the metrics below as of now, and says so once they can be asked for. */
export interface PrometheusServer {
  url: string;
  close(): Promise<void>;
}

/** As the DCGM exporter prints them before 4.9 and since: percent and ratios, as scraped and with honorLabels, MIG, and NaN. */
export const DCGM_METRICS = `
DCGM_FI_DEV_GPU_UTIL{gpu="0",Hostname="gpu-1",exported_namespace="llm-training",exported_pod="sft-old-master-0"} 80
DCGM_FI_DEV_GPU_UTIL{gpu="1",Hostname="gpu-1",exported_namespace="llm-training",exported_pod="sft-old-master-0"} 60
DCGM_FI_DEV_GPU_UTIL{gpu="2",Hostname="gpu-1",exported_namespace="llm-training",exported_pod="sft-old-worker-0"} 10
DCGM_FI_DEV_GPU_UTIL{gpu="3",Hostname="gpu-1",exported_namespace="llm-training",exported_pod="sft-older-master-0"} 1
DCGM_FI_DEV_GPU_UTIL{gpu="4",Hostname="gpu-1",exported_namespace="another",exported_pod="sft-old-master-9"} 2
DCGM_FI_DEV_GPU_UTIL{gpu="5",Hostname="gpu-1",namespace="llm-training",pod="cpt-honoured"} 33
DCGM_FI_DEV_GPU_UTIL{gpu="6",Hostname="gpu-1",exported_namespace="llm-training",exported_pod="nan-1"} NaN
DCGM_FI_DEV_GPU_UTIL_RATIO{gpu="0",hostname="gpu-2",exported_namespace="llm-training",exported_pod="sft-new-master-0"} 0.9
DCGM_FI_PROF_GR_ENGINE_ACTIVE{gpu="0",hostname="gpu-2",exported_namespace="llm-training",exported_pod="sft-new-master-0"} 0.4
DCGM_FI_PROF_GR_ENGINE_ACTIVE{gpu="1",GPU_I_ID="7",exported_namespace="llm-training",exported_pod="mig-1"} 0.25
`.trimStart();

/** What is relied on of a Prometheus: held by the stand-in of the quick tier and by a real one. */
export function prometheusContract(name: string, start: () => Promise<PrometheusServer>): void {
  describe(`Prometheus: ${name}`, () => {
    let server: PrometheusServer | undefined;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server?.close());
    const monitor = (gpuQuery?: string) => createPrometheus({ url: server?.url ?? "", gpuQuery });
    const newest = async (run: string, gpuQuery?: string) => {
      const use = await monitor(gpuQuery).useOf({ namespace: "llm-training", name: run }, 11);
      return Object.fromEntries(
        use.map(({ pod, samples }) => [pod, Math.round(samples.at(-1)?.percent ?? -1)]),
      );
    };

    it("is asked which names there are", async () => {
      expect(await monitor().probe()).toEqual([
        "DCGM_FI_DEV_GPU_UTIL_RATIO",
        "DCGM_FI_DEV_GPU_UTIL",
        "DCGM_FI_PROF_GR_ENGINE_ACTIVE",
      ]);
    });

    it.each([
      [
        "percent, over all GPUs of each pod of the run alone",
        "sft-old",
        { "sft-old-master-0": 70, "sft-old-worker-0": 10 },
      ],
      ["a ratio, before the engine's activity", "sft-new", { "sft-new-master-0": 90 }],
      ["the engine's activity where there is nothing else", "mig", { "mig-1": 25 }],
      ["labels as they are with honorLabels", "cpt-honoured", { "cpt-honoured": 33 }],
      ["nothing, where the number is none", "nan", {}],
      ["nothing of what is not there", "none", {}],
      ["nothing of a name that is a pattern", "s.*", {}],
    ])("tells %s", async (_, run, expected) => {
      expect(await newest(run)).toEqual(expected);
    });

    it("is asked in words of one's own", async () => {
      const query =
        'avg by (exported_pod) (DCGM_FI_DEV_GPU_UTIL{exported_namespace="$namespace",exported_pod=~"$pods"})';

      expect(await newest("sft-old", query)).toEqual({ "sft-old-master-0": 70, "sft-old-worker-0": 10 });
    });

    it("refuses nonsense in words that are passed on", async () => {
      await expect(newest("sft-old", "avg(((")).rejects.toThrow(MetricsUnavailableError);
      await expect(newest("sft-old", "avg(((")).rejects.toThrow(/bad_data/);
    });
  });
}
