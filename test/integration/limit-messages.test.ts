import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createActions, type Actions } from "#src/actions/create-actions.ts";
import type { Person } from "#src/actions/ports.ts";
import { createPyTorchJobEngine } from "#src/actions/training/engines/pytorch-job/pytorch-job-engine.ts";
import type { HandlingContext } from "#src/bot/bot-deps.ts";
import { drawRequest } from "#src/bot/draw-request.ts";
import { handleButton } from "#src/bot/handle-button.ts";
import { textsFor } from "#src/bot/texts/texts.ts";
import type { MessageView } from "#src/bot/views/message.ts";
import { previewCard } from "#src/bot/views/preview-card.ts";
import type { OpenStore } from "#src/store/open-store.ts";
import { createInMemoryCluster } from "#test/fakes/in-memory-cluster.ts";
import { lead, personFixture, policyFixture } from "#test/fixtures/people.ts";
import { stageFixture } from "#test/fixtures/stages.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());

const minji = personFixture({ locale: "en" });
const junho = lead({ locale: "ko" });
let database: OpenStore;
let fake: ReturnType<typeof createInMemoryCluster>;
beforeEach(async () => {
  database = await postgres.createDatabase();
  fake = createInMemoryCluster();
});

function build(hasApproval: boolean): Actions {
  const clusters = new Map([["onprem-a", fake.cluster]]);
  return createActions({
    store: database.store,
    policy: {
      ...policyFixture,
      ...(!hasApproval && { approvals: [] }),
      limits: [{ name: "one researcher", per: "person", gpus: 8 }],
    },
    stages: [stageFixture()],
    clusters,
    engines: new Map([["pytorch-job", createPyTorchJobEngine(clusters)]]),
    findPerson: async (id) => [minji, junho].find(({ slackUserId }) => slackUserId === id),
    now: () => new Date(),
  });
}

async function preview(actions: Actions, id: string, gpus: number) {
  const input = { stage: "sft", parameters: { gpus: String(gpus) } };
  const place = { channel: "C02TRAINING", locale: "en" as const };
  const outcome = await actions.request(id, minji, "train-start", input, place);
  if (outcome.kind !== "previewed") throw new Error(outcome.kind);
  return outcome;
}

/** What a person sees who presses a button; and for which requests a redraw is rung. */
async function press(actions: Actions, person: Person, actionId: string, value: string) {
  const seen: MessageView[] = [];
  const drawn: string[] = [];
  const show = async (_delivery: unknown, view: MessageView) => void seen.push(view);
  await handleButton({
    deps: {
      actions,
      store: database.store,
      enqueue: async (name: string, payload: { requestId: string }) => {
        if (name === "draw-request") drawn.push(payload.requestId);
      },
      reply: { replace: show, privately: show, answer: show },
    },
    delivery: { actionId, value },
    person,
    id: "press",
    texts: textsFor(person.locale),
  } as unknown as HandlingContext);
  return { text: seen[0]?.text ?? "", buttons: buttonsOf(seen[0]), drawn };
}
const buttonsOf = (view: MessageView | undefined): readonly string[] =>
  (view?.blocks ?? []).flatMap((block) =>
    block.type === "actions"
      ? block.elements.map((element) => ("action_id" in element ? String(element.action_id) : ""))
      : [],
  );
const lines = async (key: string): Promise<readonly string[]> =>
  (await database.store.selectFrom("outbox").select("payload").where("key", "like", key).execute()).map(
    ({ payload }) => JSON.stringify(payload),
  );

describe("whoever starts something", () => {
  it("sees in the preview what their limit leaves, in both languages", async () => {
    const actions = build(false);
    await preview(actions, "r1", 6);
    await actions.start("r1", minji, "start");

    const { request, preview: shown } = await preview(actions, "r2", 2);
    const { request: larger, preview: tooMuch } = await preview(actions, "r3", 3);

    const text = (...card: Parameters<typeof previewCard>) => JSON.stringify(previewCard(...card).blocks);
    expect(text(request, shown, textsFor("en"))).toContain("*your GPUs*  6 of 8; this asks for 2");
    expect(text(request, shown, textsFor("ko"))).toContain("*내 GPU*  8 중 6 사용 중, 이번 요청 2");
    expect(text(request, shown, textsFor("en"))).not.toContain("more than the limit");
    expect(text(larger, tooMuch, textsFor("en"))).toContain("more than the limit leaves now");
  });

  it("above a limit is told which, with a button to try again", async () => {
    const actions = build(false);
    await preview(actions, "r1", 6);
    await actions.start("r1", minji, "start");
    await preview(actions, "r2", 3);

    const { text, buttons } = await press(actions, minji, "request.start", "r2");

    expect(text).toContain("`one researcher` allows one person 8 GPUs. Taken now: 6, this asks for 3.");
    expect(buttons).toEqual(["request.start", "request.discard"]);
  });
});

describe("an approval above the requester's limit", () => {
  it("is told to the approver at once, and to the requester in the thread, once", async () => {
    const actions = build(true);
    for (const id of ["r1", "r2"]) {
      await preview(actions, id, 6);
      await actions.start(id, minji, "start");
    }
    await actions.decide("r1", junho, "approve");

    const first = await press(actions, junho, "approval.approve", "r2");
    await drawRequest(database.store, "r2", async (name) => name);
    await press(actions, junho, "approval.approve", "r2");
    await drawRequest(database.store, "r2", async (name) => name);

    expect(first.text).toContain("한도 `one researcher` 때문이에요");
    expect(first.text).toContain("이번 승인은 세지 않았고");
    expect(first.drawn).toEqual(["r2"]);
    const told = await lines("limit.r2");
    expect(told).toHaveLength(1);
    expect(told[0]).toContain("<@U01RESEARCHER>");
    expect(told[0]).toContain("It can be approved again");
    expect((await lines("card.r2.%")).at(-1)).toContain("approval.approve");
  });
});
