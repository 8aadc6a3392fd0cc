import type { Store } from "#src/store/database.ts";
import type { PlaygroundClient, PlaygroundMessage } from "#test/servers/playground-client.ts";
import { waitUntil } from "#test/wait-until.ts";

const CHANNEL = "llm-training";
const REQUESTER = "minji";
const APPROVER = "junho";
/** The playground lets one message through a second, as Slack does. */
const CARD_TIMEOUT_MS = 60_000;

const handled = new Set<string>();

/** A training from the command to the lead's click. Returns when it was approved and what its object is called. */
export async function approveTraining(
  playground: PlaygroundClient,
  store: Store,
): Promise<{ decidedAtMs: number; name: string }> {
  await playground.command(REQUESTER, CHANNEL, "/train", "start sft model-size=7B");
  await pressNew(playground, REQUESTER, "request.start");
  const requestId = await pressNew(playground, APPROVER, "approval.approve");
  const run = await waitUntil("the run is recorded", () =>
    store
      .selectFrom("runs")
      .innerJoin("approvals", "approvals.request_id", "runs.request_id")
      .select(["runs.name", "approvals.decided_at"])
      .where("runs.request_id", "=", requestId)
      .executeTakeFirst(),
  );
  return { decidedAtMs: run.decided_at?.getTime() ?? Number.NaN, name: run.name };
}

/** Presses a button that was not pressed before, and returns its value: the request's id. */
async function pressNew(playground: PlaygroundClient, user: string, actionId: string): Promise<string> {
  const isNew = (message: PlaygroundMessage): boolean => {
    const value = valueOf(message, actionId);
    return value !== undefined && !handled.has(`${actionId} ${value}`);
  };
  const message = await playground.waitFor(user, CHANNEL, isNew, { timeoutMs: CARD_TIMEOUT_MS });
  const value = valueOf(message, actionId) ?? "";
  handled.add(`${actionId} ${value}`);
  await playground.press(user, CHANNEL, message.ts, actionId);
  return value;
}

function valueOf({ blocks = [] }: PlaygroundMessage, actionId: string): string | undefined {
  const elements = blocks.flatMap(
    (block) => (block["elements"] ?? []) as { action_id?: string; value?: string }[],
  );
  return elements.find((element) => element.action_id === actionId)?.value;
}
