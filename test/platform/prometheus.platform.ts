import { describe } from "vitest";
import { DCGM_METRICS, prometheusContract } from "#test/contracts/prometheus-contract.ts";
import { findPrometheus, startPrometheus } from "#test/servers/prometheus.ts";

const command = findPrometheus();

describe.skipIf(command === undefined && process.env["CI"] === undefined)("of the distribution", () => {
  prometheusContract("a real one", () => startPrometheus(command ?? "prometheus", DCGM_METRICS));
});
