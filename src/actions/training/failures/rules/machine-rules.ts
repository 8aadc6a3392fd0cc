import type { FailureRule } from "./failure-rule.ts";

/** What a run needs of the machines: GPUs, nodes, memory, disks, quota, its image. */
export const MACHINE_RULES: readonly FailureRule[] = [
  {
    kind: "gpu-fault",
    causes: [
      // The numbers that hardware or driver cause; 13, 31, 43 and 45 follow from what a program did.
      /NVRM: Xid \([^)]{0,60}\): (?<xid>48|61|62|63|64|74|79|92|94|95|110|119|120|122|123|140)\b/,
      /CUDA error: (?<message>uncorrectable (?:ECC|NVLink) error)/,
      // Those stand beside the error that they gave the program.
      {
        pattern: /NVRM: Xid \([^)]{0,60}\): (?<xid>13|31|43)\b/,
        besides: /CUDA error: (?:an illegal|unspecified launch|misaligned|an illegal instruction)/,
      },
      /\bGPU is lost\b|GPU has fallen off the bus/,
      /Unable to determine the device handle for/,
    ],
    traces: [
      /NVRM: Xid \([^)]{0,60}\): (?<xid>(?!45\b)\d{1,3})\b/,
      /NVRM: Xid \([^)]{0,60}\): (?<xid>\d{1,3})\b/,
      /\bXid (?:error )?(?<xid>\d{1,3})\b/,
    ],
    worthRepeating: true,
    documentQuery: "GPU fault XID node",
  },
  {
    kind: "image-pull",
    causes: [
      /(?:Failed to pull|failed to pull and unpack|Back-off pulling|failed to resolve) image "(?<image>[^"]{1,300})"/,
      /failed to resolve reference "(?<image>[^"]{1,300})"/,
    ],
    platform: [
      /\b(?:ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|ImageInspectError)\b/,
      /\bmanifest (?:unknown|for \S{1,300} not found)|\bpull access denied\b/,
    ],
    documentQuery: "image pull registry ImagePullBackOff",
  },
  {
    kind: "quota-exceeded",
    causes: [/\bexceeded quota: \S{1,100}, requested: /],
    documentQuery: "GPU quota exceeded namespace",
  },
  {
    kind: "cuda-out-of-memory",
    causes: [
      /^(?:[\w.]{1,100}(?:\(\w{1,60}\))?: |what\(\): {1,2}|.{0,80} - )?CUDA out of memory\b/,
      /\bCUDA error: out of memory\b/,
      /\bCuda failure (?:\d{1,4} )?'?out of memory/,
      /\bHIP out of memory\b/,
      /\b(?:CUBLAS|CUDNN|CUSOLVER)_STATUS_ALLOC_FAILED\b/,
      /^(?:[\w.]{1,100}: )?No available memory for the cache blocks/,
    ],
    worthRepeating: true,
    documentQuery: "CUDA out of memory OOM batch-size",
  },
  {
    kind: "shared-memory",
    causes: [
      /\bDataLoader worker \(pid(?:\(s\))? [\d, ]{1,60}\) is killed by signal: Bus error/,
      /insufficient shared memory \(shm\)/,
      /unable to (?:write to file|open shared memory object|mmap \d{1,20} bytes from file) <\/torch_/,
      /Error while creating shared memory segment \/dev\/shm\//,
      /No space left on device.{0,80}\/dev\/shm|\/dev\/shm.{0,120}No space left on device/,
    ],
    traces: [/\bBus error\b|\bSIGBUS\b/],
    worthRepeating: true,
    documentQuery: "shared memory /dev/shm DataLoader num-workers",
  },
  {
    kind: "disk-full",
    causes: [
      /\[Errno 28\] No space left on device(?:: '(?<path>[^']{1,300})')?/,
      /\[Errno 122\] Disk quota exceeded(?:: '(?<path>[^']{1,300})')?/,
      /\bNo space left on device\b/,
      /PytorchStreamWriter failed writing file|inline_container\.cc:\d{1,5}\] \. unexpected pos \d/,
    ],
    platform: [
      /low on resource: ephemeral-storage|ephemeral local storage usage exceeds|emptyDir volume .{0,200} exceeds/i,
      /\bDiskPressure\b/,
    ],
    documentQuery: "disk full volume output checkpoint save-total-limit",
  },
  {
    kind: "host-out-of-memory",
    causes: [
      /\b[Oo]ut of memory: Kill(?:ed)? process\b|\boom-kill:|Memory cgroup out of memory/,
      /^(?:[\w.]{1,60}\.)?MemoryError(?::|$)|Unable to allocate \d[\d.]{0,10} [GMK]iB for an array/,
      /DefaultCPUAllocator: (?:can't allocate memory|not enough memory)/,
      /\[Errno 12\] Cannot allocate memory/,
      /\bDataLoader worker \(pid(?:\(s\))? [\d, ]{1,60}\) is killed by signal: Killed/,
      /ray\.exceptions\.OutOfMemoryError|killed due to the node running low on memory/,
    ],
    platform: [/\bOOMKilled\b/, /low on resource: memory/],
    traces: [
      /\bexit(?:ed with)? ?[Cc]ode:? ?137\b|\bexitcode\s{0,3}: ?-9\b|\b137\)$/,
      /\bSignal 9 \(SIGKILL\)|^Killed$|^.{0,200}: line \d{1,5}: +\d{1,9} Killed\b/,
    ],
    worthRepeating: true,
    documentQuery: "OOMKilled memory limit workers",
  },
  {
    kind: "node-lost",
    causes: [/\b(?:ray\.exceptions\.NodeDiedError|The node .{0,120}has been marked dead)/],
    platform: [
      /\b(?:Evicted|evicted|[Pp]reempt(?:ed|ing|ion)|NodeLost|NodeNotReady|NodeShutdown|TaintManagerEviction|DeletionByTaintManager)\b/,
      /\b[Nn]ode "?(?<node>[a-z\d][a-z\d.-]{0,100})"? (?:is |was |became )?(?:not ready|NotReady|unreachable|lost|gone)/,
      /imminent node shutdown|\bnode (?:is )?(?:not ready|NotReady|unreachable|lost|shutting down)/i,
      /\bspot\b.{0,60}(?:interrupt|reclaim|terminat)/i,
    ],
    worthRepeating: true,
    documentQuery: "node lost evicted preempted checkpoint",
  },
];
