import { describe, expect, it } from "vitest";
import { validateBlocks } from "../../slack-limits/validate-blocks.ts";
import { textsFor } from "../texts/texts.ts";
import { scheduleList } from "./schedule-list.ts";

const place = { cluster: "onprem-a", namespace: "llm-training", engine: "argo-workflow" } as const;

describe.each(["en", "ko"] as const)("schedules in %s", (locale) => {
  const show = (places: Parameters<typeof scheduleList>[0]) =>
    scheduleList(places, () => true, textsFor(locale));

  it("are shown with their times, and whether they are suspended; names are data", () => {
    const view = show([
      {
        ...place,
        schedules: [
          {
            name: "nightly",
            crons: ["0 2 * * *"],
            timeZone: "Asia/Seoul",
            isActive: true,
            lastAt: new Date(0),
          },
          { name: "<!here>", crons: [], everySeconds: 3_600, isActive: false },
        ],
      },
    ]);

    expect(validateBlocks("message", view.blocks)).toEqual([]);
    expect(JSON.stringify(view.blocks)).toContain("`0 2 * * *` Asia/Seoul");
    expect(JSON.stringify(view.blocks)).toContain("<!date^0^");
    expect(JSON.stringify(view.blocks)).not.toContain("<!here>");
  });

  it("beyond twenty of a place are counted", () => {
    const schedules = Array.from({ length: 23 }, (_, index) => ({
      name: `s-${index}`,
      crons: ["* * * * *"],
      isActive: true,
    }));

    expect(JSON.stringify(show([{ ...place, schedules }]).blocks)).toContain(
      textsFor(locale).runs.moreSchedules(3),
    );
  });

  it("that cannot be read are told with the reason, and none at all is said", () => {
    const trouble = { kind: "forbidden", message: "no" } as const;

    expect(JSON.stringify(show([{ ...place, schedules: [], trouble }]).blocks)).toContain("⚠️");
    expect(show([{ ...place, schedules: [] }]).text).toBe(textsFor(locale).runs.noSchedules);
  });
});
