import { describe, expect, it } from "vitest";
import { textsFor } from "../texts/texts.ts";
import { unsafeText } from "./unsafe-text.ts";

const violation = {
  rule: "image",
  path: "spec.containers[pytorch].image",
  value: "evil`<!channel>",
  allowed: ["a"],
} as const;

describe("an object that is not allowed", () => {
  it.each(["en", "ko"] as const)("is told with its rule, its place and the way, in %s", (locale) => {
    const text = unsafeText([violation], textsFor(locale));

    expect(text).toContain("safety.images");
    expect(text).toContain("`spec.containers[pytorch].image`");
    expect(text).toContain("`a`");
    expect(text).toContain("MLOps");
  });

  it("mentions nobody, whatever its value is", () => {
    expect(unsafeText([violation], textsFor("en"))).toContain("`evilˋ&lt;!channel&gt;`");
  });

  it("is told once for all when many parts of it are wrong", () => {
    const text = unsafeText(
      Array.from({ length: 40 }, () => violation),
      textsFor("en"),
    );

    expect(text.split("\n").filter((line) => line.startsWith("•"))).toHaveLength(5);
    expect(text).toContain("35 more");
  });
});
