import { z } from "zod";
import { duration } from "./units.ts";

const tokenEnv = z.string().regex(/^[A-Z][A-Z0-9_]*$/);
const address = z.url({ protocol: /^https?$/ });
const names = (...fallback: string[]) => z.array(z.string().min(1).max(250)).min(1).default(fallback);

/** Where metrics of trainings are found besides their logs. */
export const mlflowSchema = z
  .strictObject({
    url: address,
    /** Where people open it; default: url. */
    pageUrl: address.optional(),
    /** Which environment variable holds a bearer token, or with `user` the password. */
    tokenEnv: tokenEnv.optional(),
    user: z.string().min(1).optional(),
    /** What scripts call their metrics; the first that a run has counts. */
    metrics: z
      .strictObject({
        loss: names("loss", "train_loss", "train/loss"),
        evalLoss: names("eval_loss", "eval/loss", "val_loss"),
        learningRate: names("learning_rate", "train/learning_rate", "lr"),
        tokensPerSecond: names("tokens_per_second", "train/tokens_per_second"),
      })
      .prefault({}),
  })
  .optional();

export const prometheusSchema = z
  .strictObject({
    url: address,
    tokenEnv: tokenEnv.optional(),
    /** Percent by a label pod or exported_pod; $namespace and $pods stand for the run's. Default: the names of the DCGM exporter. */
    gpuQuery: z.string().min(1).optional(),
    lowGpu: z
      .strictObject({
        percent: z.number().min(1).max(100).default(50),
        duration: duration.default(600_000),
      })
      .prefault({}),
  })
  .optional();

export const wandbSchema = z
  .strictObject({
    /** Only addresses of these hosts become links. */
    hosts: z.array(z.string().min(1)).default(["wandb.ai"]),
  })
  .prefault({});
