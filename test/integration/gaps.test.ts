import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findGaps } from "#src/rag/find-gaps.ts";
import type { WrongCause } from "#src/store/database.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";

const SINCE = new Date("2026-11-01T00:00:00Z");
let postgres: TestPostgres;
let store: Awaited<ReturnType<TestPostgres["createDatabase"]>>["store"];
let answers = 0;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.close());
beforeEach(async () => {
  ({ store } = await postgres.createDatabase());
  answers = 0;
});

async function answered(
  question: string,
  mode: "generated" | "no-answer" | "stopped",
  day = 2,
): Promise<string> {
  answers += 1;
  const id = `r${answers}`;
  await store
    .insertInto("answers")
    .values({
      id,
      asker: "U1",
      channel: "C1",
      thread_ts: null,
      question,
      locale: "en",
      mode,
      text: "",
      sources: "[]",
      took_ms: 1,
      created_at: new Date(Date.UTC(2026, 10, day, 0, 0, answers)),
    })
    .execute();
  return id;
}
async function complain(answerId: string, cause?: WrongCause, reason?: string): Promise<void> {
  const verdict = cause === undefined ? ("not-helpful" as const) : ("wrong" as const);
  await store
    .insertInto("feedback")
    .values({ answer_id: answerId, person: "U1", verdict, cause: cause ?? null, reason: reason ?? null })
    .execute();
}

describe("gaps of the documents", () => {
  it("are unanswered questions and answers with complaints, together by what they share", async () => {
    await answered("How large is the vision quota?", "no-answer");
    await answered("how large is the vision quota", "no-answer");
    await complain(
      await answered("Who raises a quota?", "generated"),
      "page-outdated",
      "We have no ticket form.",
    );
    await complain(await answered("대기열 순서는 누가 바꿔요?", "generated"));

    const gaps = await findGaps(store, SINCE);

    expect(gaps).toEqual([
      {
        topic: "quota",
        questions: [
          { question: "How large is the vision quota?", times: 2, complaints: ["no-answer"], reasons: [] },
          {
            question: "Who raises a quota?",
            times: 1,
            complaints: ["page-outdated"],
            reasons: ["We have no ticket form."],
          },
        ],
      },
      {
        topic: undefined,
        questions: [
          { question: "대기열 순서는 누가 바꿔요?", times: 1, complaints: ["not-helpful"], reasons: [] },
        ],
      },
    ]);
  });

  it("are not what was answered well, stopped, or asked before", async () => {
    const liked = await answered("How do I retry?", "generated");
    await store
      .insertInto("feedback")
      .values({ answer_id: liked, person: "U1", verdict: "helpful" })
      .execute();
    await answered("How do I cancel?", "stopped");
    await answered("How do I fly?", "no-answer", -40);

    expect(await findGaps(store, SINCE)).toEqual([]);
  });
});
