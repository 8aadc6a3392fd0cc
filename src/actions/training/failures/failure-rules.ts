import type { FailureRule } from "./rules/failure-rule.ts";
import { INPUT_RULES } from "./rules/input-rules.ts";
import { MACHINE_RULES } from "./rules/machine-rules.ts";
import { PROCESS_RULES } from "./rules/process-rules.ts";

/**
 * What is recognised, the cause before what it causes: where several match, the first counts. Messages are quoted from
 * PyTorch, NCCL, Hugging Face, DeepSpeed, the kubelet and NVIDIA's driver. Every pattern takes linear time.
 */
export const FAILURE_RULES: readonly FailureRule[] = [...MACHINE_RULES, ...INPUT_RULES, ...PROCESS_RULES];
