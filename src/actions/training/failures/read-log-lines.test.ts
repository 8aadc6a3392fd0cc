import { describe, expect, it } from "vitest";
import { readLogLines } from "./read-log-lines.ts";

const read = (...texts: string[]) => readLogLines(texts.map((text) => ({ pod: "p", text })));

describe("a line of a log", () => {
  it.each([
    ["[rank3]: Traceback (most recent call last):", 3, "Traceback (most recent call last):"],
    ['[rank0]:   File "a.py", line 1', 0, '  File "a.py", line 1'],
    ["[default1]:RuntimeError: x", 1, "RuntimeError: x"],
    ["[rank2]:[E1125 02:21:44.310 ProcessGroupNCCL.cpp:632] [Rank 2] Watchdog caught", 2, "Watchdog caught"],
    ["[E ProcessGroupNCCL.cpp:475] [Rank 1] Watchdog caught", 1, "Watchdog caught"],
    ["2026-11-25T02:11:09.123456789Z [rank1]: ValueError: x", 1, "ValueError: x"],
    ["2026-11-25 02:11:09,123 - __main__ - ERROR - ValueError: x", undefined, "ValueError: x"],
    ["[2026-11-25 02:10:05,117] [ERROR] [engine.py:812:step] ValueError: x", undefined, "ValueError: x"],
    ["[ERROR|trainer.py:812] 2026-11-25 02:10:05,117 >> ValueError: x", undefined, "ValueError: x"],
    ["E1125 02:11:09.123000 140 torch/distributed/run.py:874] failed", undefined, "failed"],
    [
      "\u001B[36m(Worker pid=42, ip=10.0.0.7)\u001B[0m \u001B[31mValueError: x\u001B[0m",
      undefined,
      "ValueError: x",
    ],
    ["safe\u202Etxt.exe\u200B\u0007", undefined, "safetxt.exe"],
  ])("%s is read without what stands before it", (text, rank, rest) => {
    const [line] = read(text);

    expect(line?.text).toBe(rest);
    expect(line?.rank).toBe(rank);
  });

  it("that was overwritten counts by its last states, and what stands behind a bar is another line", () => {
    const bars = Array.from({ length: 50 }, (_, at) => ` ${at}%|█ | ${at}/50 [00:01<00:01,  1.0s/it]`);

    const lines = read(`${bars.join("\r")}Traceback (most recent call last):`);

    expect(lines.at(-1)?.text).toBe("Traceback (most recent call last):");
    expect(lines.at(-2)?.text).toContain("49/50");
    expect(lines.length).toBeLessThanOrEqual(6);
  });

  it("counts among the last 5,000, up to 2,000 characters", () => {
    const lines = read("first", ...Array.from({ length: 5_000 }, () => "x".repeat(3_000)));

    expect(lines).toHaveLength(5_000);
    expect(lines[0]?.text).toBe("x".repeat(2_000));
  });
});
