import { z } from "zod";
import { gapReportSchema } from "./gap-report-schema.ts";
import { pipelineSchema } from "./pipeline-schema.ts";
import { mlflowSchema, prometheusSchema, wandbSchema } from "./metrics-schema.ts";
import { embedderSchema, rerankerSchema } from "./embedder-schema.ts";
import { namedModelSchema } from "./model-schema.ts";
import { policySchema } from "./policy-schema.ts";
import { safetySchema } from "./safety-schema.ts";
import { sourceSchema } from "./source-schema.ts";
import { stageSchema } from "./stage-schema.ts";
import { duration, size } from "./units.ts";

const port = z.number().int().min(0).max(65_535);

/** jibsa.yaml. Every field, its unit and its default are told in jibsa.example.yaml. Unknown fields are errors. */
export const fileSchema = z.strictObject({
  dataDir: z.string().min(1).default(".jibsa"),
  listen: z
    .strictObject({
      host: z.string().default("127.0.0.1"),
      playgroundPort: port.default(4000),
      apiPort: port.default(4001),
      /** Where people reach the api port, for links to pages; default http://<host>:<apiPort>. */
      apiUrl: z.url().optional(),
      clusterPort: port.default(4002),
      slackHttpPort: port.default(4003),
    })
    .prefault({}),
  slack: z.strictObject({ apiUrl: z.url().optional() }).prefault({}),
  queue: z.strictObject({ backend: z.enum(["postgres", "redis"]).default("postgres") }).prefault({}),
  milvus: z
    .strictObject({
      address: z.string().optional(),
      collection: z
        .string()
        .regex(/^[A-Za-z_]\w*$/)
        .default("jibsa"),
    })
    .prefault({}),
  model: z
    .strictObject({
      /** "auto": Ollama if it answers at its address, else extractive answers. */
      provider: z.enum(["auto", "none", "ollama", "openai"]).default("auto"),
      url: z.url().optional(),
      name: z.string().optional(),
      /** Tokens of prompt and answer together; default: what its server tells. */
      contextTokens: z.number().int().min(1_024).optional(),
      timeout: duration.default(60_000),
    })
    .prefault({}),
  /** Named models, tried in this order; where there are any, `model` is not used. */
  models: z.array(namedModelSchema).default([]),
  /** The documents behind OpenAI's protocol, at /v1 of the api port, for people with a key. */
  openaiApi: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** Of one key. */
      requestsPerMinute: z.number().int().min(1).default(60),
      /** Names under which clients reach the api port, beside 127.0.0.1, localhost and listen.apiUrl's. */
      hosts: z
        .array(z.string().regex(/^[^\s/]+$/, 'a name with its port, e.g. "jibsa.mlops:4001"'))
        .default([]),
    })
    .prefault({}),
  knowledge: z
    .strictObject({
      sources: z.array(sourceSchema).default([]),
      /** What git may speak with the repositories of sources. */
      gitProtocols: z.array(z.enum(["https", "ssh", "http", "file"])).default(["https", "ssh"]),
      maxFileSize: size.default(2 * 1_048_576),
      /** Of PDF, DOCX, HTML and notebooks, which are mostly not text. */
      maxDocumentSize: size.default(50 * 1_048_576),
      watch: z.boolean().default(true),
      /** Who reads what is answered in a public channel: whoever is in it, or everybody, who might join it. */
      publicChannels: z.enum(["members", "everyone"]).default("members"),
      embedder: embedderSchema,
      reranker: rerankerSchema,
      /** Once a week into a channel: the questions without a good answer. Default: nowhere. */
      gapReport: gapReportSchema.optional(),
    })
    .prefault({}),
  clusters: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        kubeconfig: z.string().optional(),
        context: z.string().optional(),
        /** The service account of the pod that Jibsa runs in. */
        inCluster: z.boolean().optional(),
        /** Where failed Argo workflows can be continued; its token is JIBSA_ARGO_TOKEN. */
        argoServer: z.strictObject({ url: z.url() }).optional(),
        kubeflowPipelines: z
          .strictObject({
            /** Up to "/apis". */
            url: z.url(),
            /** Single-user mode: where all pods are. Absent: multi-user mode. */
            namespace: z.string().min(1).optional(),
            auth: z
              .union([
                z.literal("none"),
                z.strictObject({ userHeader: z.string().regex(/^[a-z][a-z0-9-]*$/i) }),
                z.strictObject({ tokenEnv: z.string().regex(/^[A-Z][A-Z0-9_]*$/) }),
              ])
              .default("none"),
          })
          .optional(),
        /** Where Ray's dashboards answer, default through the API server; which environment variable holds their token. */
        ray: z
          .strictObject({
            dashboardUrl: z.url({ protocol: /^https?$/ }).optional(),
            tokenEnv: z
              .string()
              .regex(/^[A-Z][A-Z0-9_]*$/)
              .optional(),
          })
          .optional(),
      }),
    )
    .default([]),
  mlflow: mlflowSchema,
  prometheus: prometheusSchema,
  wandb: wandbSchema,
  simulation: z.strictObject({ trainingDuration: duration.default(60_000) }).prefault({}),
  /** What previews say a start costs; absent: nothing. */
  rates: z
    .strictObject({
      currency: z.string().regex(/^[A-Z]{3}$/, "three capital letters, e.g. KRW"),
      /** By GPU type as in a stage's nodeSelector; "default": all others. */
      perGpuHour: z.record(z.string().min(1), z.number().min(0)),
    })
    .optional(),
  stages: z.array(stageSchema).default([]),
  pipelines: z.array(pipelineSchema).default([]),
  policy: policySchema.prefault({}),
  safety: safetySchema.prefault({}),
});
export type FileConfig = z.output<typeof fileSchema>;

/** Secrets and addresses that come from the environment only. Empty counts as not set. */
export const environmentSchema = z.object({
  SLACK_BOT_TOKEN: z.string().startsWith("xoxb-").optional(),
  SLACK_APP_TOKEN: z.string().startsWith("xapp-").optional(),
  SLACK_SIGNING_SECRET: z.string().min(8).optional(),
  JIBSA_POSTGRES_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//)
    .optional(),
  JIBSA_REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//)
    .optional(),
  JIBSA_MODEL_API_KEY: z.string().optional(),
  /** Of a service account that argo-server takes, for all that are set. */
  JIBSA_ARGO_TOKEN: z.string().optional(),
  /** Where Milvus Lite's Python environment is kept; default: in the data folder. */
  JIBSA_CACHE_DIR: z.string().optional(),
  JIBSA_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
  KUBECONFIG: z.string().optional(),
});
export type Environment = z.output<typeof environmentSchema>;
