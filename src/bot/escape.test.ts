import fc from "fast-check";
import { expect, it } from "vitest";
import { code, codeBlock, escapeMrkdwn, shorten } from "./escape.ts";

it("lets no text mention, link or hide", () => {
  expect(escapeMrkdwn("<!channel> <https://x|y> & \u202Eevil\u200B")).toBe(
    "&lt;!channel&gt; &lt;https://x|y&gt; &amp; evil",
  );
});

it("keeps any text inside its code style", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(code(text).slice(1, -1)).not.toContain("`");
      expect(codeBlock(text).slice(3, -3)).not.toContain("```");
    }),
  );
});

it("shortens without breaking a character", () => {
  expect(shorten("a😀b", 3)).toBe("a…");
});
