import type { FileConfig } from "./config-schema.ts";
import type { ConfiguredCluster } from "./read-clusters.ts";

type Tokens = Readonly<Record<string, string>>;

/** Of what knows metrics of trainings. */
export function readMetricsTokens(
  file: Pick<FileConfig, "mlflow" | "prometheus">,
  env: NodeJS.ProcessEnv,
  problems: { path: string; message: string }[],
): { mlflow: string | undefined; prometheus: string | undefined } {
  return {
    mlflow: readToken(env, file.mlflow?.tokenEnv, "MLflow", problems),
    prometheus: readToken(env, file.prometheus?.tokenEnv, "Prometheus", problems),
  };
}

/** Of sources, by name. */
export function readSourceTokens(
  file: Pick<FileConfig, "knowledge">,
  env: NodeJS.ProcessEnv,
  problems: { path: string; message: string }[],
): Tokens {
  return Object.fromEntries(
    file.knowledge.sources.flatMap(({ name, git, s3, confluence, notion }) => {
      const variable = git?.tokenEnv ?? s3?.secretKeyEnv ?? confluence?.tokenEnv ?? notion?.tokenEnv;
      const token = readToken(env, variable, `source "${name}"`, problems);
      return token === undefined ? [] : [[name, token]];
    }),
  );
}

/** A token that the file only names; undefined where it names none. */
export function readToken(
  env: NodeJS.ProcessEnv,
  variable: string | undefined,
  what: string,
  problems: { path: string; message: string }[],
): string | undefined {
  if (variable === undefined) return undefined;
  const token = env[variable];
  if (token) return token;
  problems.push({
    path: `environment ${variable}`,
    message: `is missing, although the token of ${what} is said to be there`,
  });
  return undefined;
}

/** Tokens that the file only names, from the environment, by cluster. What is missing is added to the problems. */
export function readClusterTokens(
  clusters: readonly ConfiguredCluster[],
  env: NodeJS.ProcessEnv,
  problems: { path: string; message: string }[],
): { rayTokens: Tokens; pipelinesTokens: Tokens } {
  const read = (tokenEnvOf: (cluster: ConfiguredCluster) => string | undefined, what: string): Tokens => {
    const tokens: Record<string, string> = {};
    for (const cluster of clusters) {
      const variable = tokenEnvOf(cluster);
      if (variable === undefined) continue;
      const token = env[variable];
      if (token) tokens[cluster.name] = token;
      else
        problems.push({
          path: `environment ${variable}`,
          message: `is missing, although cluster "${cluster.name}" has its ${what} token there`,
        });
    }
    return tokens;
  };
  return {
    rayTokens: read(({ ray }) => ray?.tokenEnv, "Ray"),
    pipelinesTokens: read(({ kubeflowPipelines }) => {
      const auth = kubeflowPipelines?.auth;
      return typeof auth === "object" && "tokenEnv" in auth ? auth.tokenEnv : undefined;
    }, "Kubeflow Pipelines"),
  };
}
