import { collectDefaultMetrics, Histogram, Registry } from "prom-client";

/** What /metrics tells. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const ack = new Histogram({
    name: "jibsa_slack_ack_seconds",
    help: "From a Slack delivery to its acknowledgement",
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3],
    registers: [registry],
  });
  return {
    observeAck: (tookMs: number) => ack.observe(tookMs / 1_000),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
