import type { z } from "zod";

/** What a job is: declared once, in `definitions/`. Payloads hold ids only. */
export interface JobDefinition<Name extends string = string, Payload = unknown> {
  name: Name;
  schema: z.ZodType<Payload>;
  /** The handler's signal is aborted then, and the attempt counts as failed. */
  timeoutMs: number;
  /** Starts in all, whether an attempt threw or took its worker down with it; after these the job is parked. */
  attempts: number;
  /** Wait before the second attempt; doubled for each further one. */
  backoffMs: number;
  /**
   * "interactive": a person waits for it; "changes": something is known to be new; "looks": platforms are asked again and
   * again, however slow they are; "background": everything else. None can starve another.
   */
  queue: "interactive" | "changes" | "looks" | "background";
}

export function defineJob<Name extends string, Payload>(
  definition: JobDefinition<Name, Payload>,
): JobDefinition<Name, Payload> {
  return definition;
}
