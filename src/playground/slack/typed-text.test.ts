import { assert as check, property, string } from "fast-check";
import { expect, it } from "vitest";
import { openPersistence } from "./persistence.ts";
import { readTypedText } from "./typed-text.ts";
import { Workspace } from "./workspace.ts";

const workspace = new Workspace(openPersistence());

it.each([
  ["@jibsa 안녕", "<@U00JIBSA> 안녕", ["U00JIBSA"]],
  ["hi @Minji, and @ml-leads.", "hi <@U01RESEARCHER>, and <!subteam^S02LEADS>.", ["U01RESEARCHER"]],
  ["<@U00JIBSA> in #llm-training", "<@U00JIBSA> in <#C02TRAINING|llm-training>", ["U00JIBSA"]],
  ["@jibsa야 & <b>", "<@U00JIBSA>야 &amp; &lt;b&gt;", ["U00JIBSA"]],
  ["mail minji@example.com or @nobody", "mail minji@example.com or @nobody", []],
  ["see https://example.com/a?b=1&c=2.", "see <https://example.com/a?b=1&amp;c=2>.", []],
  ["`@jibsa` and ```\n@jibsa <x>\n```", "`@jibsa` and ```\n@jibsa &lt;x&gt;\n```", []],
  ["@here look", "<!here> look", []],
  ["<@U99NOBODY> and <javascript:alert(1)>", "&lt;@U99NOBODY&gt; and &lt;javascript:alert(1)&gt;", []],
])("%s", (typed, text, mentions) => {
  expect(readTypedText(typed, workspace)).toMatchObject({ text, mentions });
});

it("never lets a control sequence through that nobody typed as a mention or link", () => {
  check(
    property(string({ unit: "grapheme", maxLength: 60 }), (typed) => {
      const { text } = readTypedText(typed, workspace);
      for (const [, inner] of text.matchAll(/<([^>]*)>/g))
        expect(inner).toMatch(/^(@U|#C|!here|!channel|!everyone|!subteam\^S|https?:\/\/)/);
    }),
  );
});
