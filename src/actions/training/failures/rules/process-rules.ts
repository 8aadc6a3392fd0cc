import type { FailureRule } from "./failure-rule.ts";

/** What happens while it trains. Last stand what one process only notices of another. */
export const PROCESS_RULES: readonly FailureRule[] = [
  {
    kind: "nan-loss",
    causes: [
      /\b[Ll]oss is (?:nan|inf)\b/i,
      /^FloatingPointError(?::|$)/,
      /\breturned nan values in its \d{1,4}\w\w output/,
      /probability tensor contains either `inf`, `nan`/,
      /Current loss scale already at minimum/,
      /(?:^|[\s{,'"])(?:train_|lm )?loss['"]?\s{0,3}[:=]\s{0,3}['"]?(?:nan|NaN|inf)\b/,
    ],
    overcomeBy: /(?:^|[\s{,'"])(?:train_|lm )?loss['"]?\s{0,3}[:=]\s{0,3}['"]?\d/,
    documentQuery: "loss NaN learning-rate",
  },
  {
    kind: "deadline-exceeded",
    causes: [/was active (?:on the node )?longer than (?:the )?specified deadline/],
    platform: [/\bDeadlineExceeded\b|exceeded its deadline|activeDeadlineSeconds/],
    worthRepeating: true,
    documentQuery: "time limit deadline checkpoint",
  },
  {
    kind: "python-error",
    causes: [
      // Not those by which a process only learns that another one died, or was told to end.
      /^(?<error>(?!\S{0,200}(?:ChildFailed|Dist(?:Backend|Network|Store)|SignalException|Keyboard|SystemExit|BrokenPipe|ConnectionReset|EOFError|ProcessExited|ProcessRaised|CalledProcess))[A-Za-z_][\w.]{0,200})(?:\(\w{1,100}\))?(?:: (?!.{0,300}(?:NCCL|[Cc]onnection (?:closed|reset) by))(?<message>.{1,300})|:?$)/,
    ],
    endsTraceback: true,
    documentQuery: "",
  },
  {
    kind: "nccl-network",
    causes: [
      /\bnccl(?:System|Remote|Internal)Error\b/,
      /\bNET\/(?:IB|Socket|OFI|Plugin).{0,120}(?:[Gg]ot completion.{0,120}(?:error|status)|[Ff]ail|error)/,
      /\bNCCL WARN\b.{0,160}(?:Connection (?:refused|reset|timed out|closed)|No route to host|Broken pipe|[Rr]emote)/,
      /\bDistNetworkError\b|The client socket has (?:failed|timed out)/,
    ],
    worthRepeating: true,
    documentQuery: "NCCL network InfiniBand connection",
  },
  {
    kind: "nccl-timeout",
    causes: [
      /Watchdog caught collective operation timeout: WorkNCCL\((?:.{0,80}?\bOpType=(?<operation>\w{1,40}))?/,
      /Watchdog caught collective operation timeout/,
      /Some NCCL operations have failed or timed out/,
      /\bstore->get\('[^']{1,200}'\) got error: .{0,60}(?:[Tt]ime|TIME)/,
      /\bDistStoreError: [Tt]imed out\b|Timed out initializing process group/,
      /Received a dump signal|Heartbeat monitor timed out/,
    ],
    worthRepeating: true,
    documentQuery: "NCCL timeout watchdog",
  },
];
