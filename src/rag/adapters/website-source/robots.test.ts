import { describe, expect, it } from "vitest";
import { cpuMs } from "#test/cpu-ms.ts";
import { parseRobots } from "./robots.ts";

const isAllowed = (text: string, path: string): boolean =>
  parseRobots(text).isAllowed(`https://docs.example.com${path}`);

describe("robots.txt", () => {
  it.each([
    ["nothing", "", "/a", true],
    ["all", "User-agent: *\nDisallow: /", "/a", false],
    ["an empty rule", "User-agent: *\nDisallow:", "/a", true],
    ["the longest rule", "User-agent: *\nDisallow: /docs\nAllow: /docs/public", "/docs/public/a", true],
    ["a tie", "User-agent: *\nDisallow: /a\nAllow: /a", "/a", true],
    [
      "our own group before that of all",
      "User-agent: *\nDisallow: /\n\nUser-agent: Jibsa\nAllow: /",
      "/a",
      true,
    ],
    ["a group of several names", "User-agent: other\nUser-agent: jibsa\nDisallow: /a", "/a", false],
    ["somebody else's group", "User-agent: other\nDisallow: /", "/a", true],
    ["a star and an end", "User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf", false],
    ["an end that is not there", "User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf?z", true],
    ["comments and other lines", "# hi\nSitemap: x\nUser-agent: * # all\nDisallow: /a # no", "/ab", false],
  ])("%s", (_, text, path, expected) => {
    expect(isAllowed(text, path)).toBe(expected);
  });

  it("tells how long to wait, 10 s at most", () => {
    expect(parseRobots("User-agent: *\nCrawl-delay: 2").delayMs).toBe(2_000);
    expect(parseRobots("User-agent: *\nCrawl-delay: 9999").delayMs).toBe(10_000);
    expect(parseRobots("User-agent: *\nCrawl-delay: soon").delayMs).toBe(0);
  });

  it("takes a time that does not explode with stars", () => {
    const startedMs = cpuMs();
    isAllowed(`User-agent: *\nDisallow: /${"a*".repeat(2_000)}b$`, `/${"a".repeat(5_000)}`);

    expect(cpuMs() - startedMs).toBeLessThan(500);
  });
});
