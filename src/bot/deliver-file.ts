import type { WebClient } from "@slack/web-api";
import type { Store } from "../store/database.ts";
import { crashPoint } from "../store/crash-point.ts";
import type { OutboxFile, OutboxPayload } from "./outbox.ts";
import { shareFile, uploadBytes } from "./upload-file.ts";

/** How long one more step of an upload may take before another sender may try. */
const CLAIM_MS = 25_000;
const LOOK_AGAIN_MS = 1_000;
/** Attempts after which a file that is nowhere to be seen is left at what Slack said. */
const MOST_LOOKS = 20;

/**
 * Sends a line that is a file. Its id is written down before it is shared: a repetition asks Slack whether that file stands
 * there already. Undefined when it is done with, else how long to wait.
 */
export async function deliverFile(
  deps: { store: Store; client: WebClient; now(): Date },
  line: { id: string; channel: string; attempts: number },
  payload: OutboxPayload & { file: OutboxFile },
  threadTs: string | undefined,
): Promise<number | undefined> {
  const { store, client } = deps;
  const keep = async (next: OutboxFile): Promise<void> => {
    await store
      .updateTable("outbox")
      .set({
        payload: JSON.stringify({ ...payload, file: next }),
        claimed_until: new Date(deps.now().getTime() + CLAIM_MS),
      })
      .where("id", "=", line.id)
      .execute();
  };
  let { file } = payload;
  if (file.uploadedId === undefined) {
    await keep(file);
    file = { ...file, uploadedId: await uploadBytes(client, file) };
    await keep(file);
  }
  const place = { channel: line.channel, threadTs };
  const uploaded = { ...file, uploadedId: file.uploadedId ?? "" };
  const outcome = await shareFile(client, uploaded, place, payload.view.text);
  crashPoint("CP8");
  if (outcome === "unseen" && line.attempts < MOST_LOOKS) return LOOK_AGAIN_MS;
  await keep({ ...file, contentBase64: "" });
  return undefined;
}
