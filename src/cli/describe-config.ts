import type { Config } from "../config.ts";

/** For people to look at: secrets are masked. */
export function describeConfig(config: Config): unknown {
  const mask = (value: string | undefined) => (value === undefined ? undefined : "***");
  const maskAll = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.keys(values).map((name) => [name, "***"]));
  return {
    ...config,
    postgresUrl: mask(config.postgresUrl),
    redisUrl: mask(config.redisUrl),
    modelApiKey: mask(config.modelApiKey),
    argoToken: mask(config.argoToken),
    rayTokens: maskAll(config.rayTokens),
    pipelinesTokens: maskAll(config.pipelinesTokens),
    metricsTokens: {
      mlflow: mask(config.metricsTokens.mlflow),
      prometheus: mask(config.metricsTokens.prometheus),
    },
    modelTokens: maskAll(config.modelTokens),
    searchTokens: {
      embedder: mask(config.searchTokens.embedder),
      reranker: mask(config.searchTokens.reranker),
    },
    sourceTokens: maskAll(config.sourceTokens),
    slack:
      config.slack.kind === "playground"
        ? config.slack
        : {
            ...config.slack,
            botToken: "***",
            transport:
              config.slack.transport.kind === "socket"
                ? { kind: "socket", appToken: "***" }
                : { ...config.slack.transport, signingSecret: "***" },
          },
  };
}
