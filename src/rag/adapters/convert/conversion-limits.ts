/** Why a document was given up while it was converted. */
export class ConversionError extends Error {
  override name = "ConversionError";
  readonly reason: "encrypted" | "broken" | "too-complex" | "no-text";
  constructor(reason: ConversionError["reason"], message: string = reason) {
    super(message);
    this.reason = reason;
  }
}

export const LIMITS = {
  /** Of one document, the start of the process included. */
  timeMs: 30_000,
  memoryBytes: 512 * 1024 * 1024,
  pdfPages: 2_000,
  /** Elements inside each other. */
  depth: 400,
  zipEntries: 5_000,
  zipBytes: 256 * 1024 * 1024,
  /** How many times larger than packed. */
  zipRatio: 200,
  outputCharacters: 10_000_000,
} as const;
