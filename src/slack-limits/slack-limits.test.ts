import { assert as check, jsonValue, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { problemMessage } from "./problems.ts";
import { countBlockCharacters, validateBlocks } from "./validate-blocks.ts";
import { validateMessage } from "./validate-message.ts";
import { validateView } from "./validate-view.ts";

const section = (length: number) => ({ type: "section", text: { type: "mrkdwn", text: "x".repeat(length) } });
const button = (extra: object = {}) => ({
  type: "button",
  action_id: "go",
  text: { type: "plain_text", text: "Go" },
  ...extra,
});
const option = (value: string) => ({ text: { type: "plain_text", text: value }, value });
const modal = (extra: object = {}) => ({
  type: "modal",
  title: { type: "plain_text", text: "Start" },
  blocks: [section(1)],
  ...extra,
});
const lines = (blocks: unknown) => validateBlocks("message", blocks).map(problemMessage);

describe("blocks", () => {
  it("takes what Slack takes, to the last character", () => {
    const blocks = [
      section(3000),
      { type: "header", text: { type: "plain_text", text: "x".repeat(150) } },
      {
        type: "actions",
        elements: Array.from({ length: 25 }, (_, index) => button({ action_id: `go${index}` })),
      },
      { type: "context", elements: [{ type: "mrkdwn", text: "small" }] },
      { type: "markdown", text: "# hello" },
    ];
    expect(lines(blocks)).toEqual([]);
  });

  it.each([
    [[section(3001)], "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"],
    [[section(0)], "[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]"],
    [
      Array.from({ length: 51 }, () => section(1)),
      "[ERROR] no more than 50 items allowed [json-pointer:/blocks]",
    ],
    [[{ type: "teapot" }], "[ERROR] unsupported type: teapot [json-pointer:/blocks/0/type]"],
    [[{ type: "constructor" }], "[ERROR] unsupported type: constructor [json-pointer:/blocks/0/type]"],
    [[{ type: "section" }], "[ERROR] must define either `text` or `fields` [json-pointer:/blocks/0]"],
    [
      [{ ...section(1), color: "red" }],
      "[ERROR] invalid additional property: color [json-pointer:/blocks/0]",
    ],
    [
      [
        {
          type: "actions",
          elements: Array.from({ length: 26 }, (_, index) => button({ action_id: `${index}` })),
        },
      ],
      "[ERROR] no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ],
    [
      [{ type: "actions", elements: [button({ text: { type: "plain_text", text: "x".repeat(76) } })] }],
      "[ERROR] must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ],
    [
      [{ type: "actions", elements: [button(), button()] }],
      '[ERROR] `action_id` "go" already exists for another element [json-pointer:/blocks/0/elements/1/action_id]',
    ],
    [
      [
        { ...section(1), block_id: "same" },
        { ...section(1), block_id: "same" },
      ],
      "[ERROR] `block_id` same already exists [json-pointer:/blocks/1]",
    ],
    [
      [{ type: "section", text: { type: "mrkdwn", text: "x", emoji: true } }],
      "[ERROR] invalid additional property: emoji [json-pointer:/blocks/0/text]",
    ],
    [
      [
        {
          type: "section",
          text: { type: "mrkdwn", text: "x" },
          accessory: { type: "overflow", options: Array.from({ length: 6 }, (_, i) => option(`${i}`)) },
        },
      ],
      "[ERROR] no more than 5 items allowed [json-pointer:/blocks/0/accessory/options]",
    ],
    [
      [
        {
          type: "actions",
          elements: [{ type: "static_select", options: [option("a")], initial_option: option("b") }],
        },
      ],
      "[ERROR] must be one of the provided options [json-pointer:/blocks/0/elements/0/initial_option]",
    ],
    [
      [{ type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text" }] }] }],
      "[ERROR] missing required field: text [json-pointer:/blocks/0/elements/0/elements/0]",
    ],
    [
      [{ type: "table", rows: [Array.from({ length: 21 }, () => ({ type: "raw_text", text: "x" }))] }],
      "[ERROR] no more than 20 items allowed [json-pointer:/blocks/0/rows/0]",
    ],
  ])("refuses %#", (blocks, message) => {
    expect(lines(blocks)).toContain(message);
  });

  it("never throws, whatever it is given", () => {
    check(
      property(jsonValue(), (value) => {
        expect(Array.isArray(validateBlocks("message", value))).toBe(true);
        expect(Array.isArray(validateBlocks("modal", [value]))).toBe(true);
        expect(
          Array.isArray(
            validateView({ type: "modal", title: value, blocks: [{ type: "input", element: value }] }),
          ),
        ).toBe(true);
        expect(["valid", "invalid"]).toContain(
          validateMessage({ text: value, blocks: [{ type: "section", text: value }] }).kind,
        );
      }),
    );
  });

  it("counts what a reader sees", () => {
    expect(countBlockCharacters([section(10), { type: "markdown", text: "four" }])).toBe(14);
  });
});

describe("messages", () => {
  it.each([
    [{}, "post", "no_text"],
    [{ text: "" }, "post", "no_text"],
    [{ text: "x", markdown_text: "y" }, "post", "markdown_text_conflict"],
    [{ markdown_text: "x".repeat(12_001) }, "post", "msg_too_long"],
    [{ text: "가".repeat(1_334) }, "update", "msg_too_long"],
    [{ blocks: "x" }, "post", "invalid_blocks_format"],
    [{ blocks: [section(3001)] }, "post", "invalid_blocks"],
    [{ blocks: Array.from({ length: 5 }, () => section(2_900)) }, "post", "msg_blocks_too_long"],
  ] as const)("%# is refused by its own word", (content, operation, error) => {
    expect(validateMessage(content, operation)).toMatchObject({ kind: "invalid", error });
  });

  it("takes text, blocks or Markdown", () => {
    expect(validateMessage({ text: "x".repeat(50_000) })).toEqual({ kind: "valid" });
    expect(validateMessage({ blocks: [section(1)] })).toEqual({ kind: "valid" });
    expect(validateMessage({ markdown_text: "x".repeat(12_000) })).toEqual({ kind: "valid" });
    expect(validateMessage({ text: "x".repeat(4_000) }, "update")).toEqual({ kind: "valid" });
  });
});

describe("views", () => {
  const input = {
    type: "input",
    label: { type: "plain_text", text: "Size" },
    element: { type: "plain_text_input" },
  };
  it.each([
    [
      modal({ title: { type: "plain_text", text: "x".repeat(25) } }),
      "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]",
    ],
    [
      modal({ private_metadata: "x".repeat(3001) }),
      "[ERROR] must be less than 3001 characters [json-pointer:/view/private_metadata]",
    ],
    [modal({ blocks: [input] }), "[ERROR] missing required field: submit [json-pointer:/view]"],
    [
      modal({ blocks: Array.from({ length: 101 }, () => section(1)) }),
      "[ERROR] no more than 100 items allowed [json-pointer:/view/blocks]",
    ],
    [
      { type: "home", blocks: [], title: { type: "plain_text", text: "x" } },
      "[ERROR] invalid additional property: title [json-pointer:/view]",
    ],
    [{ type: "dialog" }, "[ERROR] unsupported type: dialog [json-pointer:/view/type]"],
    ["text", "[ERROR] must provide an object [json-pointer:/view]"],
  ])("refuses %#", (view, message) => {
    expect(validateView(view).map(problemMessage)).toContain(message);
  });

  it("takes a form with a submit button and a Home", () => {
    expect(validateView(modal({ blocks: [input], submit: { type: "plain_text", text: "Start" } }))).toEqual(
      [],
    );
    expect(validateView({ type: "home", blocks: [section(1)] })).toEqual([]);
  });
});
