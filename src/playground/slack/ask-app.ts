import type { Delivery } from "./app-link.ts";
import type { PlaygroundParts } from "./playground-parts.ts";
import type { Fields } from "./wire-fields.ts";
import type { Person } from "./workspace-types.ts";

/** What the person sees when the app did not take it, in Slack's words. */
export type AskFailure = "operation_timeout" | "dispatch_failed";

export type AskOutcome =
  | { readonly kind: "acked"; readonly body: unknown }
  | { readonly kind: "failed"; readonly error: AskFailure };

/** Delivers an interaction for a person; a failure is shown to them. `what` names it in that notice, e.g. "/train". */
export async function askApp(
  parts: PlaygroundParts,
  person: Person,
  delivery: Delivery,
  what: string,
): Promise<AskOutcome> {
  const outcome = await parts.delivery.ask(delivery);
  if (outcome.kind === "acked") return outcome;
  const error = outcome.kind === "timeout" ? "operation_timeout" : "dispatch_failed";
  notify(parts, person, error, `${what} failed with the error "${error}"`);
  return { kind: "failed", error };
}

/** Shows a short notice on that person's page. */
export function notify(parts: PlaygroundParts, person: Person, error: string, text: string): void {
  parts.changes.publish({ type: "notice", data: { error, text }, audience: [person.id] });
}

/** The answer to a step that the app did not take. */
export function failedAnswer(error: AskFailure): Fields {
  return { ok: false, acked: false, error };
}
