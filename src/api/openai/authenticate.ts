import type { IncomingMessage } from "node:http";
import { PersonUnavailableError, type Person } from "../../actions/ports.ts";
import { useApiKey } from "../../store/api-keys.ts";
import { appendAudit } from "../../store/audit.ts";
import type { Store } from "../../store/database.ts";
import { Refusal } from "./refusal.ts";

export interface Caller {
  keyId: string;
  person: Person;
}

/** A key whose person is refused goes on asking: the audit hears of it once in this time. */
const AUDIT_EVERY_MS = 3_600_000;

/** A key stands for its person, who has to be an active member with a role at the time of the call. */
export function createAuthenticate(deps: {
  store: Store;
  /** Only active members exist. @throws PersonUnavailableError */
  findPerson(slackUserId: string): Promise<Person | undefined>;
  nowMs(): number;
}) {
  const { store, findPerson, nowMs } = deps;
  const refusedAt = new Map<string, number>();

  async function noteRefusal(keyId: string, person: string, cause: string): Promise<void> {
    const last = refusedAt.get(keyId);
    if (last !== undefined && nowMs() - last < AUDIT_EVERY_MS) return;
    refusedAt.set(keyId, nowMs());
    await store.transaction().execute((transaction) =>
      appendAudit(transaction, {
        actor: person,
        event: "api-key-refused",
        subject: `api-key:${keyId}`,
        detail: { cause },
      }),
    );
  }

  /** @throws Refusal */
  return async function authenticate(request: Pick<IncomingMessage, "headers">): Promise<Caller> {
    const secret = /^Bearer\s+(\S+)\s*$/i.exec(request.headers.authorization ?? "")?.[1];
    if (secret === undefined)
      throw new Refusal(401, "missing_api_key", "send a key: Authorization: Bearer jibsa-…");
    const key = await useApiKey(store, secret);
    if (key === undefined) throw new Refusal(401, "invalid_api_key", "this key is unknown or was revoked");
    let person: Person | undefined;
    try {
      person = await findPerson(key.person);
    } catch (error) {
      if (!(error instanceof PersonUnavailableError)) throw error;
      throw new Refusal(503, "people_unavailable", "Slack does not say at the moment whose key this is", {
        retryAfterS: 10,
      });
    }
    if (person === undefined || person.roles.length === 0) {
      await noteRefusal(key.id, key.person, person === undefined ? "no-member" : "no-role");
      throw new Refusal(
        403,
        "person_refused",
        person === undefined
          ? "whoever this key belongs to is no active member of the workspace"
          : "whoever this key belongs to has no role in the policy",
      );
    }
    return { keyId: key.id, person };
  };
}
