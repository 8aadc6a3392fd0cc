import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { answerPrivately } from "#src/bot/answers/answer-privately.ts";
import { compareModels } from "#src/bot/answers/compare-models.ts";
import { keepCurated } from "#src/bot/answers/keep-curated.ts";
import { shareAnswer } from "#src/bot/answers/share-answer.ts";
import type { HandlingContext } from "#src/bot/bot-deps.ts";
import { addLine, type OutboxLine } from "#src/bot/outbox.ts";
import { textsFor } from "#src/bot/texts/texts.ts";
import { listCuratedAnswers, saveCuratedAnswer } from "#src/rag/curated-answers.ts";
import type { AnswerEvent, Question } from "#src/rag/ports.ts";
import type { Store } from "#src/store/database.ts";
import { personFixture } from "#test/fixtures/people.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";
import { waitUntil } from "#test/wait-until.ts";

const AT = new Date("2026-03-01T00:00:00Z");
const PAGE = {
  documentId: "pages:retry.md",
  title: "Retry",
  headings: ["Retry"],
  url: "https://pages.example.com/retry.md",
};
const person = personFixture();

let postgres: TestPostgres;
let store: Store;
let asked: number;
let shown: string[];
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());
beforeEach(async () => {
  ({ store } = await postgres.createDatabase());
  asked = 0;
  shown = [];
});

async function* quote(): AsyncGenerator<AnswerEvent> {
  asked += 1;
  const found = { words: ["retry"], confidence: 1, passages: [{ source: PAGE, score: 1 }], tookMs: 1 };
  yield { kind: "stage", stage: "reading", found };
  yield { kind: "text-delta", text: "Press Retry. [1]" };
  yield { kind: "citation", number: 1, source: PAGE };
  yield { kind: "answer-end", mode: "extractive" };
}

/** The delivery `d1`, as often as it is handled. `onShow` may refuse what is shown, as Slack does. */
function contextOf(
  more: { onShow?: () => void; answer?: (question: Question) => AsyncIterable<AnswerEvent> } = {},
) {
  const privately = async (_delivery: unknown, view: unknown): Promise<void> => {
    more.onShow?.();
    shown.push(JSON.stringify(view));
  };
  return {
    id: "d1",
    signal: new AbortController().signal,
    delivery: { channel: "C1", direct: false, command: "/ask", user: person.slackUserId },
    person,
    texts: textsFor("en"),
    deps: {
      store,
      now: () => AT,
      models: () => [],
      answer: more.answer ?? quote,
      readers: { at: async () => ["public"], ofPerson: async () => ["public"] },
      reply: { privately, answer: privately },
      actions: {
        policy: { rules: [{ name: "all", effect: "allow", actions: ["*"] }], approvals: [], roles: [] },
      },
      say: (line: OutboxLine) => addLine(store, line),
      enqueue: async () => {},
      client: {
        assistant: { threads: { setStatus: async () => ({}) } },
        chat: { postMessage: async () => ({ ts: "1.2" }), delete: async () => ({}) },
      },
      logger: { debug() {}, info() {}, warn() {} },
    },
  } as unknown as HandlingContext;
}
const auditOf = async (event: string): Promise<number> =>
  (await store.selectFrom("audit").select("event").where("event", "=", event).execute()).length;
const linesOf = async (): Promise<readonly string[]> =>
  (await store.selectFrom("outbox").select("payload").execute()).map(({ payload }) =>
    JSON.stringify(payload),
  );

async function knowPage(): Promise<void> {
  await store
    .insertInto("documents")
    .values({
      id: PAGE.documentId,
      source: "pages",
      path: "retry.md",
      title: PAGE.title,
      content_hash: "1",
      chunk_count: 1,
      mark: null,
      updated_at: null,
    })
    .execute();
}

describe("a delivery that is handled again", () => {
  it("shows the private answer that was kept and never seen, without asking once more", async () => {
    const away = contextOf({
      onShow: () => {
        throw new Error("Slack is away");
      },
    });
    await expect(answerPrivately(away, { question: "retry?", locale: "en" })).rejects.toThrow("away");

    await answerPrivately(contextOf(), { question: "retry?", locale: "en" });

    expect(asked).toBe(1);
    expect(shown).toHaveLength(1);
    expect(shown[0]).toContain("Press Retry. [1]");
    expect(shown[0]).toContain(`<${PAGE.url}|Retry>`);
    expect(shown[0]).toContain("answer.share");
  });

  it("shares an answer once, and says so in the audit once", async () => {
    await knowPage();
    await answerPrivately(contextOf(), { question: "retry?", locale: "en" });

    await shareAnswer(contextOf(), "d1");
    await shareAnswer(contextOf(), "d1");

    const lines = await linesOf();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`<${PAGE.url}|Retry>`);
    expect(await auditOf("answer-shared")).toBe(1);
  });

  it("keeps a curated answer once, and does not take away what has taken its place since", async () => {
    await knowPage();
    await answerPrivately(contextOf(), { question: "retry?", locale: "en" });
    await keepCurated(contextOf(), "d1", "Read the log, then press Retry.");
    const by = { slackUserId: "U02LEAD", name: "junho", at: AT };
    const newer = {
      question: "retry?",
      answer: "Newer.",
      locale: "en",
      cited: [],
      answerId: "d1",
      by,
    } as const;
    await saveCuratedAnswer(store, { ...newer, id: "d2" });

    await keepCurated(contextOf(), "d1", "Read the log, then press Retry.");

    expect((await listCuratedAnswers(store)).map(({ answer }) => answer)).toEqual(["Newer."]);
    expect(await auditOf("answer-curated")).toBe(1);
  });

  it("does not compare again what was stopped, and says that it was stopped once", async () => {
    const hanging = async function* ({ signal }: Question): AsyncGenerator<AnswerEvent> {
      asked += 1;
      yield { kind: "stage", stage: "searching" };
      await new Promise((_, failed) =>
        signal?.addEventListener("abort", () => failed(signal.reason as Error), { once: true }),
      );
    };
    const place = { channel: "C1", threadTs: "1.1", user: person.slackUserId, team: "T1" };
    const question: Question = { text: "retry?", locale: "en" };
    const compare = () => compareModels(contextOf({ answer: hanging }), question, ["a", "b"], place);
    const comparing = compare();
    await waitUntil("a row to stop it by", async () => {
      const rows = await store.updateTable("open_answers").set({ stopped_by: "U1" }).returningAll().execute();
      return rows.length > 0;
    });
    await comparing;

    await compare();

    expect(asked).toBe(2);
    expect(await linesOf()).toHaveLength(1);
  });
});
