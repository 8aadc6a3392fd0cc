export interface BenchOptions {
  /** One round of tiny counts: proves that the measurement works, its numbers mean nothing. */
  isQuick: boolean;
  /** How often each side is measured; with `isQuick` once. */
  rounds: number;
  /** Folder of documents, for figures that need one. */
  corpus: string | undefined;
  log(text: string): void;
}

/** One printed line: ours held against its peer. */
export interface FigureLine {
  label: string;
  /** Sides of the figure, by name. */
  ours: string;
  peer: string;
  unit: "ms" | "MB" | "s" | "/min";
  /** What is held to `limit`: ours / peer, ours - peer, or ours alone, beside which the peer is only shown. */
  compare: "ratio" | "difference" | "alone";
  limit: number;
}

export interface OpenFigure {
  /** Each measures one number in the unit of its line, once per round. */
  sides: Readonly<Record<string, () => Promise<number>>>;
  close(): Promise<void>;
}

/** One thing that is measured. Both sides are measured in the same run, so that a slow machine slows both. */
export interface Figure {
  name: string;
  summary: string;
  lines: readonly FigureLine[];
  /** Starts what all rounds share. */
  open(options: BenchOptions): Promise<OpenFigure | { skipped: string }>;
}
