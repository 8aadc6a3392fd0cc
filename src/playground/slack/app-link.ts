import type { Fields } from "./wire-fields.ts";

/** One payload for the app. */
export interface Delivery {
  /** The envelope of Socket Mode; over HTTP it decides how the body is encoded. */
  readonly type: "events_api" | "slash_commands" | "interactive";
  /** Event type, command word or interaction type, for faults and the inspector. */
  readonly name: string;
  readonly payload: Fields;
}

export interface DeliveryRetry {
  /** 1 for the first repetition. */
  readonly attempt: number;
  /** As Slack words it, e.g. "timeout" or "http_error". */
  readonly reason: string;
}

/** What became of one attempt. */
export type DeliveryOutcome =
  /** `body` is what the acknowledgement carried: an object, a text, or undefined. */
  | { readonly kind: "acked"; readonly body: unknown }
  /** No answer within 3 s, or the connection was lost before it came. */
  | { readonly kind: "timeout" }
  /** The app answered, but not with success. */
  | { readonly kind: "failed"; readonly reason: string }
  /** Nobody is there to take it. */
  | { readonly kind: "not-connected" };

/** The way to the app: Socket Mode or signed HTTP. */
export interface AppLink {
  send(delivery: Delivery, retry?: DeliveryRetry): Promise<DeliveryOutcome>;
  /** Called whenever the app became reachable. */
  onConnected(listener: () => void): void;
  /** Cuts what is open now, so that the app must come back; over HTTP there is nothing to cut. */
  disconnect(): void;
  close(): void;
}

/** How long Slack waits for an acknowledgement. */
export const acknowledgeWithinMs = 3_000;
