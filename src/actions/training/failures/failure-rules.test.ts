import { describe, expect, it } from "vitest";
import { stageFixture } from "#test/fixtures/stages.ts";
import { readTrainingLog, TRAINING_LOGS } from "#test/fixtures/training-logs.ts";
import { diagnoseFailure } from "./diagnose-failure.ts";
import type { FailureKind } from "./failure-diagnosis.ts";
import { FAILURE_RULES } from "./failure-rules.ts";
import { WORTH_A_LOOK } from "./find-signs.ts";
import { readLogLines } from "./read-log-lines.ts";

/** What is recognised beyond the logs in test/fixtures/training-logs: lines that are enough by themselves. */
const LOGGED: readonly (readonly [FailureKind, string])[] = [
  ["gpu-fault", "Unable to determine the device handle for GPU0000:3B:00.0: Unknown Error"],
  ["gpu-fault", "dcgm: Xid error 13 on GPU 2"],
  ["cuda-out-of-memory", "RuntimeError: CUDA error: out of memory"],
  ["cuda-out-of-memory", "RuntimeError: cuDNN error: CUDNN_STATUS_ALLOC_FAILED"],
  ["cuda-out-of-memory", "torch.OutOfMemoryError: HIP out of memory. Tried to allocate 2.00 GiB."],
  [
    "cuda-out-of-memory",
    "ValueError: No available memory for the cache blocks. Try increasing `gpu_memory_utilization`.",
  ],
  [
    "cuda-out-of-memory",
    "2026-11-25 02:11:09,123 - trainer - ERROR - CUDA out of memory. Tried to allocate 1.00 GiB.",
  ],
  [
    "shared-memory",
    "RuntimeError: unable to write to file </torch_311_2790181>: No space left on device (28)",
  ],
  ["shared-memory", "OSError: [Errno 28] No space left on device: '/dev/shm/psm_1a2b'"],
  ["disk-full", "OSError: [Errno 122] Disk quota exceeded: '/home/sora/.cache/huggingface'"],
  ["host-out-of-memory", "[ 9123.1] Out of memory: Killed process 4242 (python3) total-vm:214748364kB"],
  [
    "host-out-of-memory",
    "numpy.core._exceptions._ArrayMemoryError: Unable to allocate 93.1 GiB for an array with shape (100000, 125000)",
  ],
  [
    "host-out-of-memory",
    "RuntimeError: [enforce fail at alloc_cpu.cpp:118] . DefaultCPUAllocator: can't allocate memory: you tried to allocate 137438953472 bytes.",
  ],
  ["host-out-of-memory", "OSError: [Errno 12] Cannot allocate memory"],
  ["host-out-of-memory", "./run.sh: line 14:   166 Killed                  python3 -u scripts/cpt_train.py"],
  [
    "host-out-of-memory",
    "ray.exceptions.OutOfMemoryError: Task was killed due to the node running low on memory.",
  ],
  [
    "node-lost",
    "The node with node id: 3c1f and address: 10.0.3.9 has been marked dead because the detector has missed too many heartbeats from it.",
  ],
  ["cuda-version", "RuntimeError: CUDA driver version is insufficient for CUDA runtime version"],
  [
    "cuda-version",
    "RuntimeError: Unexpected error from cudaGetDeviceCount(). Error 804: forward compatibility was attempted on non supported HW",
  ],
  [
    "cuda-version",
    "RuntimeError: Error 803: system has unsupported display driver / cuda driver combination",
  ],
  ["cuda-version", "AssertionError: Torch not compiled with CUDA enabled"],
  ["cuda-version", "RuntimeError: CUDA error: the provided PTX was compiled with an unsupported toolchain."],
  [
    "cuda-version",
    "nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.4, please update your driver",
  ],
  [
    "cuda-version",
    "NVIDIA B200 with CUDA capability sm_100 is not compatible with the current PyTorch installation.",
  ],
  ["hugging-face-auth", "huggingface_hub.errors.GatedRepoError: 401 Client Error."],
  [
    "hugging-face-auth",
    "huggingface_hub.errors.LocalTokenNotFoundError: Token is required (`token=True`), but no token found.",
  ],
  [
    "wandb-auth",
    "wandb.errors.UsageError: api_key not configured (no-tty). call wandb.login(key=[your_api_key])",
  ],
  ["wandb-auth", "wandb.errors.CommError: Error communicating with wandb backend: 403 permission denied"],
  ["wandb-auth", "ValueError: API key must be 40 characters long, yours was 12"],
  ["data-not-found", "huggingface_hub.errors.RepositoryNotFoundError: 404 Client Error."],
  [
    "data-not-found",
    "requests.exceptions.HTTPError: 404 Client Error: Not Found for url: https://huggingface.co/api/datasets/team/ko",
  ],
  [
    "data-not-found",
    "OSError: team/qwen-ko is not a local folder and is not a valid model identifier listed on 'https://huggingface.co/models'",
  ],
  ["data-not-found", "OSError: /output/cpt_model does not appear to have a file named config.json."],
  [
    "data-not-found",
    "OSError: Error no file named pytorch_model.bin, model.safetensors found in directory /output/sft_model.",
  ],
  ["data-not-found", "bash: line 1: /workspace/시작.sh: No such file or directory"],
  [
    "data-not-found",
    "botocore.exceptions.ClientError: An error occurred (404) when calling the HeadObject operation: Not Found",
  ],
  ["permission-denied", "OSError: [Errno 30] Read-only file system: '/data/cache'"],
  ["permission-denied", "mkdir: cannot create directory '/output/run': Permission denied"],
  [
    "checkpoint-mismatch",
    "ValueError: loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
  ],
  [
    "checkpoint-mismatch",
    'ValueError: Trying to set a tensor of shape torch.Size([1]) in "weight" (which has shape torch.Size([2])), this looks incorrect.',
  ],
  [
    "checkpoint-mismatch",
    "RuntimeError: PytorchStreamReader failed reading zip archive: failed finding central directory",
  ],
  [
    "sequence-too-long",
    "ValueError: This model's maximum context length is 4096 tokens. However, you requested 5321 tokens",
  ],
  ["sequence-too-long", "ValueError: Input length (5321) exceeds the maximum of 4096 positions"],
  ["import-error", "ImportError: cannot import name 'SFTTrainer' from 'trl' (/usr/lib/trl/__init__.py)"],
  ["import-error", "/usr/bin/python3: No module named deepspeed.launcher"],
  ["nan-loss", "RuntimeError: Function 'MulBackward0' returned nan values in its 0th output."],
  ["nan-loss", "FloatingPointError: Minimum loss scale reached (0.0001)."],
  ["nan-loss", "RuntimeError: probability tensor contains either `inf`, `nan` or element < 0"],
  ["nccl-network", "host:1:2 [0] NCCL WARN Call to connect returned Connection timed out, retrying"],
  [
    "nccl-timeout",
    "torch.distributed.DistStoreError: Timed out after 901 seconds waiting for clients. 1/2 clients joined.",
  ],
  [
    "nccl-timeout",
    "[rank1]:[F1125 02:00:00.000 ProcessGroupNCCL.cpp:1554] [PG ID 0 Rank 1] Heartbeat monitor timed out",
  ],
  [
    "nccl-timeout",
    "torch.distributed.DistBackendError: [3] is setting up NCCL communicator and retrieving ncclUniqueId from [0] via c10d key-value store by key '0', but store->get('0') got error: wait timeout after 600000ms",
  ],
];

/** Messages and reasons of pods, jobs and workflows. */
const PLATFORM: readonly (readonly [FailureKind, string])[] = [
  ["image-pull", 'ImagePullBackOff: Back-off pulling image "registry.team/unsloth-korean:2026.10"'],
  [
    "image-pull",
    'ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "registry.team/x:1": failed to resolve reference "registry.team/x:1": registry.team/x:1: not found',
  ],
  ["image-pull", 'Failed to pull image "x": manifest unknown: manifest unknown'],
  ["image-pull", "pull access denied for team/x, repository does not exist or may require authorization"],
  [
    "quota-exceeded",
    'pods "sft-r1-master-0" is forbidden: exceeded quota: team-a, requested: requests.nvidia.com/gpu=8, used: requests.nvidia.com/gpu=12, limited: requests.nvidia.com/gpu=16',
  ],
  ["disk-full", "The node was low on resource: ephemeral-storage. Threshold quantity: 10Gi, available: 2Gi."],
  ["disk-full", "Evicted: The node had condition: [DiskPressure]."],
  ["host-out-of-memory", "Pod sft-r1-master-0: OOMKilled"],
  [
    "host-out-of-memory",
    "Evicted: The node was low on resource: memory. Container pytorch was using 98Gi, request is 64Gi",
  ],
  ["host-out-of-memory", "container pytorch exited with code 137"],
  ["node-lost", "Preempted: preempted to accommodate a workload of higher priority"],
  ["node-lost", "node gpu-3.team is not ready"],
  ["node-lost", "Pod was terminated in response to imminent node shutdown."],
  ["node-lost", "spot instance is about to be reclaimed"],
  ["deadline-exceeded", "DeadlineExceeded: Job was active longer than specified deadline"],
  ["deadline-exceeded", "Pod was active on the node longer than the specified deadline"],
  ["permission-denied", 'exec: "/workspace/run.sh": permission denied'],
  ["unknown", "PyTorchJob sft-r1 is failed because 1 Master replica(s) failed."],
  ["unknown", "BackoffLimitExceeded: Job has reached the specified backoff limit"],
];

const stage = stageFixture();
const ofLogs = TRAINING_LOGS.flatMap((name) => readLogLines(readTrainingLog(name)).map(({ text }) => text));
const ofSamples = [...LOGGED, ...PLATFORM].map(([, text]) => ({ pod: "p", text }));
const lines = [...ofLogs, ...readLogLines(ofSamples).map(({ text }) => text)];
const patterns = FAILURE_RULES.flatMap((rule) =>
  [...rule.causes, ...(rule.traces ?? [])].map((sign) => ({
    rule,
    pattern: sign instanceof RegExp ? sign : sign.pattern,
  })),
);

describe("the table of failures", () => {
  it.each(patterns)("$rule.kind: a line is known for $pattern, and it is looked at", ({ rule, pattern }) => {
    const matching = lines.filter((line) => pattern.test(line));

    expect(matching).not.toEqual([]);
    if (rule.endsTraceback !== true) expect(matching.filter((line) => !WORTH_A_LOOK.test(line))).toEqual([]);
  });

  it.each(FAILURE_RULES.flatMap(({ kind, platform = [] }) => platform.map((pattern) => ({ kind, pattern }))))(
    "$kind: words of a platform are known for $pattern",
    ({ pattern }) => {
      expect(PLATFORM.some(([, words]) => pattern.test(words))).toBe(true);
    },
  );

  it.each(LOGGED)("tells %s from %s", (kind, text) => {
    expect(diagnoseFailure({ lines: [{ pod: "p", text }], stage, params: {} })).toMatchObject({
      kind,
      lines: [expect.any(String)],
    });
  });

  it.each(PLATFORM)("tells %s from the platform's %s", (kind, reason) => {
    expect(diagnoseFailure({ lines: [], reason, stage, params: {} })).toMatchObject({ kind, lines: [] });
  });

  it("has each kind once", () => {
    const kinds = FAILURE_RULES.map(({ kind }) => kind);

    expect(new Set(kinds).size).toBe(kinds.length);
  });
});
