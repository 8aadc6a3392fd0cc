import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { reportGaps } from "#src/bot/answers/report-gaps.ts";
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
  place: { asker?: string; channel?: string } = {},
): Promise<string> {
  answers += 1;
  const id = `r${answers}`;
  await store
    .insertInto("answers")
    .values({
      id,
      asker: place.asker ?? "U1",
      channel: place.channel ?? "C1",
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
          {
            question: "How large is the vision quota?",
            times: 2,
            people: 1,
            channels: ["C1"],
            complaints: ["no-answer"],
            reasons: [],
          },
          {
            question: "Who raises a quota?",
            times: 1,
            people: 1,
            channels: ["C1"],
            complaints: ["page-outdated"],
            reasons: ["We have no ticket form."],
          },
        ],
      },
      {
        topic: undefined,
        questions: [
          {
            question: "대기열 순서는 누가 바꿔요?",
            times: 1,
            people: 1,
            channels: ["C1"],
            complaints: ["not-helpful"],
            reasons: [],
          },
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

describe("the weekly report", () => {
  const SETTING = { channel: "C1", weekday: "mon", hour: 9, timeZone: "Asia/Seoul", locale: "en" } as const;
  const bells: string[] = [];
  const report = (at: string) =>
    reportGaps(
      {
        store,
        enqueue: async (name) => void bells.push(name),
        now: () => new Date(at),
      },
      SETTING,
    );
  const lines = () => store.selectFrom("outbox").select(["key", "channel", "payload"]).execute();

  it("is posted once, on its day and from its hour on, whoever asks and however often", async () => {
    await answered("How large is the vision quota?", "no-answer");

    expect(await report("2026-11-08T23:59:00Z")).toBe("not-due");
    expect(await report("2026-11-10T00:30:00Z")).toBe("not-due");
    await Promise.all([report("2026-11-09T00:10:00Z"), report("2026-11-09T00:10:00Z")]);
    expect(await report("2026-11-09T05:00:00Z")).toBe("not-due");

    expect((await lines()).map(({ key }) => key)).toEqual(["gap-report.C1.2026-11-09"]);
    expect(bells).toContain("deliver-outbox");
    expect(await report("2026-11-16T01:00:00Z")).toBe("reported");
  });

  it("names nobody, and shows the words of a question only where they are no secret", async () => {
    const elsewhere = { channel: "D9", asker: "U7" };
    await answered("Ask <@U77> or lee@example.com about the vision quota?", "no-answer", 8);
    await answered("Why was my salary quota cut?", "no-answer", 8, elsewhere);
    await answered("Who fixes the flaky probe?", "no-answer", 8, elsewhere);
    await answered("Who fixes the flaky probe?", "no-answer", 8, { channel: "D8", asker: "U8" });
    await complain(
      await answered("What is the quota of tokens?", "generated", 8),
      "misread",
      "Junho told me otherwise",
    );

    await report("2026-11-09T01:00:00Z");

    const text = JSON.stringify((await lines())[0]?.payload);
    expect(text).toContain("4 questions of the last seven days");
    expect(text).toContain("about the vision quota?");
    expect(text).toContain("Who fixes the flaky probe?  _2 times, no answer_");
    expect(text).toContain("page misread");
    expect(text).toContain("and 1 that was asked elsewhere");
    expect(text).not.toMatch(/salary|U7|U8|U77|lee@|Junho/);
  });

  it("says so when there is no gap", async () => {
    await report("2026-11-09T01:00:00Z");

    expect(JSON.stringify((await lines())[0]?.payload)).toContain("nobody complained about");
  });
});
