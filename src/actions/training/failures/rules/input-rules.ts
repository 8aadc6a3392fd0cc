import type { FailureRule } from "./failure-rule.ts";

/** What a run is given: drivers, keys, data, checkpoints, packages. */
export const INPUT_RULES: readonly FailureRule[] = [
  {
    kind: "cuda-version",
    causes: [
      /The NVIDIA driver on your system is too old|Found no NVIDIA driver on your system/,
      /no kernel image is available for execution on the device/,
      /CUDA driver version is insufficient for CUDA runtime version/,
      /forward compatibility was attempted on non supported HW/,
      /unsupported display driver \/ cuda driver combination/,
      /Torch not compiled with CUDA enabled/,
      /provided PTX was compiled with an unsupported toolchain/,
      /CUDA Setup failed despite (?:CUDA|GPU) being available/,
      /nvidia-container-cli: requirement error: unsatisfied condition/,
    ],
    traces: [/is not compatible with the current PyTorch installation/],
    documentQuery: "CUDA version NVIDIA driver image",
  },
  {
    kind: "hugging-face-auth",
    causes: [
      /\bGatedRepoError\b|\bLocalTokenNotFoundError\b/,
      /You are trying to access a gated repo/,
      /Cannot access gated repo for url \S{0,60}huggingface\.co\/(?:api\/(?:models|datasets)\/)?(?<repository>[\w.-]{1,96}\/[\w.-]{1,96})/,
      /Access to (?:model|dataset) (?<repository>[\w.-]{1,96}\/[\w.-]{1,96}) is restricted/,
      /\b40[13] Client Error\b.{0,200}huggingface\.co/,
      /Token is required \(`token=True`\)|Invalid user token/,
    ],
    documentQuery: "GatedRepoError token licence model",
  },
  {
    kind: "wandb-auth",
    causes: [
      /\bapi_key not configured \(no-tty\)/,
      /^wandb: ERROR .{0,120}(?:not logged in|[Ii]nvalid API key|API key must)/,
      /^wandb\.\S{0,80}(?:AuthenticationError|UsageError): .{0,120}(?:API key|api_key|login)/,
      /^wandb\.\S{0,80}CommError: .{0,200}(?:permission denied|40[13])/i,
      /API key must (?:be|have) (?:at least )?40 characters/,
    ],
    documentQuery: "wandb API key secret",
  },
  {
    kind: "data-not-found",
    causes: [
      /^(?:[\w.]{1,100}\.)?FileNotFoundError: \[Errno 2\] No such file or directory: '(?<path>[^']{1,500})'/,
      /^(?:[\w.]{1,100}\.)?FileNotFoundError: Unable to find '(?<path>[^']{1,500})'/,
      /^(?:[\w.]{1,100}\.)?FileNotFoundError(?::|$)/,
      /\bcan't open file '(?<path>[^']{1,500})': \[Errno 2\]/,
      /^(?:[\w.]{1,100}\.)?DatasetNotFoundError: Dataset '(?<repository>[^']{1,200})'/,
      /^(?:[\w.]{1,100}\.)?(?:DatasetNotFoundError|DataFilesNotFoundError|EmptyDatasetError):/,
      /^(?:[\w.]{1,100}\.)?HFValidationError: .{0,120}: '(?<path>\/[^']{1,500})'/,
      /^(?:[\w.]{1,100}\.)?(?:RepositoryNotFoundError|EntryNotFoundError|RevisionNotFoundError): 404/,
      /^OSError: (?<repository>\S{1,200}) is not a local folder and is not a valid model identifier/,
      /^OSError: Incorrect path_or_model_id: '(?<path>[^']{1,500})'/,
      /^OSError: (?<path>\S{1,500}) does not appear to have a file named/,
      /^OSError: .{0,120}no file named .{0,200} found in directory (?<path>\S{1,500}?)\.?$/,
      /\b404 Client Error\b.{0,200}huggingface\.co\/(?:api\/(?:models|datasets)\/)?(?<repository>[\w.-]{1,96}\/[\w.-]{1,96})/,
      /^(?:\/\S{1,60}\/)?(?:bash|sh|python3?|cat|cp|tar): .{0,40}?(?<path>\/[^:]{1,400}): No such file or directory/,
      /^botocore\.\S{0,80}: .{0,80}\((?:NoSuchKey|NoSuchBucket|404)\)/,
    ],
    documentQuery: "dataset path file not found volume /data",
  },
  {
    kind: "permission-denied",
    causes: [
      /^(?:[\w.]{1,100}\.)?PermissionError: \[Errno 13\] Permission denied: '(?<path>[^']{1,500})'/,
      /^(?:[\w.]{1,100}\.)?PermissionError(?::|$)/,
      /\[Errno 30\] Read-only file system(?:: '(?<path>[^']{1,500})')?/,
      /^(?:\/\S{1,60}\/)?(?:bash|sh|mkdir|cp|python3?): .{0,60}?(?<path>\/[^:']{1,400})'?: Permission denied/,
    ],
    platform: [/\bpermission denied\b/],
    documentQuery: "PermissionError Read-only file system",
  },
  {
    kind: "checkpoint-mismatch",
    causes: [
      /^(?:\s{0,8}|.{0,200}\t)?size mismatch for \S{1,300}: copying a param/,
      /\bError\(s\) in loading state_dict for\b|\b(?:Missing|Unexpected) key\(s\) in state_dict\b/,
      /loaded state dict (?:has a different number of|contains a) parameter group/,
      /Trying to set a tensor of shape .{0,160}\bwhich has shape/,
      /PytorchStreamReader failed (?:reading|finding)|Error while deserializing header: \w/,
    ],
    documentQuery: "checkpoint size mismatch state_dict base model",
  },
  {
    kind: "sequence-too-long",
    causes: [
      /maximum context length is (?<modelTokens>\d{1,9}) tokens\. However,.{0,60}?(?<sequenceTokens>\d{1,9}) tokens/,
      /^\w{0,60}Error: .{0,80}\b[Ll]ength \(?(?<sequenceTokens>\d{1,9})\)?,? (?:exceeds|is (?:longer|greater) than).{0,80}?\(?(?<modelTokens>\d{1,9})\b/,
      {
        pattern:
          /Token indices sequence length is longer than the specified maximum sequence length for this model \((?<sequenceTokens>\d{1,9}) > (?<modelTokens>\d{1,9})\)/,
        besides:
          /^IndexError: index out of range in self|device-side assert triggered|^RuntimeError: The (?:size of tensor a|expanded size of the tensor)/,
      },
    ],
    documentQuery: "max-length sequence tokens",
  },
  {
    kind: "import-error",
    causes: [
      /^ModuleNotFoundError: No module named '(?<module>[^']{1,200})'/,
      /^ImportError: cannot import name '[^']{1,200}' from (?:partially initialized module )?'(?<module>[^']{1,200})'/,
      /^(?:ModuleNotFoundError|ImportError)(?::|$)/,
      /^\S{0,200}: No module named (?<module>[\w.]{1,200})$/,
    ],
    documentQuery: "ModuleNotFoundError image packages",
  },
];
