import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDeliveryJournal } from "./delivery-journal.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jibsa-journal-"));
  file = join(folder, "deliveries.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const delivery = (key: string, text = "안녕") => ({ key, kind: "message" as const, payload: { text } });
const keysLeft = () => {
  const opened = openDeliveryJournal(file);
  opened.journal.close();
  return opened.leftover.map(({ key }) => key);
};

describe("the journal of deliveries", () => {
  it("gives back all that was not settled, in order; what was settled beside it may come again", () => {
    const { journal } = openDeliveryJournal(file);
    for (const key of ["a", "b", "c"]) journal.append(delivery(key));
    journal.settle("b");
    // Killed here: the file is as it is.

    expect(keysLeft()).toEqual(["a", "b", "c"]);
  });

  it("is emptied when everything is settled, and it is worth it", () => {
    const { journal } = openDeliveryJournal(file);
    journal.append(delivery("a", "x".repeat(70_000)));
    journal.append(delivery("b"));

    journal.settle("a");
    expect(readFileSync(file, "utf8")).toContain('"b"');
    journal.settle("b");

    expect(readFileSync(file, "utf8")).toBe("");
  });

  it("passes over a line that was cut short, and what is no delivery", () => {
    const { journal } = openDeliveryJournal(file);
    journal.append(delivery("a"));
    appendFileSync(file, '{"kind":"other"}\nnull\n{"key":"b","ki');

    expect(keysLeft()).toEqual(["a"]);
  });

  it("forgets what is older than Slack's redeliveries", () => {
    const dayAgo = () => new Date(Date.now() - 24 * 3_600_000);
    openDeliveryJournal(file, dayAgo).journal.append(delivery("old"));

    expect(keysLeft()).toEqual([]);
  });

  it("is closed while the last row is written, and hears of it after that", () => {
    const { journal } = openDeliveryJournal(file);
    journal.append(delivery("last", "x".repeat(100_000)));
    journal.close();

    journal.settle("last");

    expect(keysLeft()).toEqual(["last"]);
  });

  it("does not grow without end while something stays open", () => {
    const { journal } = openDeliveryJournal(file);
    journal.append(delivery("first"));
    const text = "x".repeat(100_000);

    for (let index = 0; index < 100; index += 1) {
      journal.append(delivery(`k${index}`, text));
      journal.settle(`k${index}`);
    }

    expect(statSync(file).size).toBeLessThan(5 * 1_024 * 1_024);
    expect(keysLeft()).toContain("first");
  });
});
