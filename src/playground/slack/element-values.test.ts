import { assert as check, constantFrom, jsonValue, property } from "fast-check";
import { expect, it } from "vitest";
import { initialValue, selectValue } from "./element-values.ts";
import { fillIds, listElements } from "./interactive-elements.ts";

const names = {
  user: (name: string) => (name === "minji" ? "U1" : undefined),
  conversation: (name: string) => (name === "general" ? "C1" : undefined),
};
const option = (value: string) => ({ text: { type: "plain_text", text: `label ${value}` }, value });
const options = [option("a"), option("b")];
const types = [
  "plain_text_input",
  "static_select",
  "multi_static_select",
  "checkboxes",
  "radio_buttons",
  "overflow",
  "users_select",
  "multi_channels_select",
  "datepicker",
  "timepicker",
  "datetimepicker",
  "rich_text_input",
  "number_input",
  "button",
];

it.each([
  ["plain_text_input", "7B", { value: "7B" }],
  ["number_input", 8, { value: "8" }],
  ["static_select", "b", { selected_option: option("b") }],
  ["static_select", "label a", { selected_option: option("a") }],
  ["radio_buttons", option("a"), { selected_option: option("a") }],
  ["multi_static_select", ["a", "b"], { selected_options: [option("a"), option("b")] }],
  ["checkboxes", null, { selected_options: [] }],
  ["users_select", "minji", { selected_user: "U1" }],
  ["multi_channels_select", "general", { selected_channels: ["C1"] }],
  ["datepicker", "2026-11-24", { selected_date: "2026-11-24" }],
  ["timepicker", "23:59", { selected_time: "23:59" }],
  ["datetimepicker", 1_764_000_000, { selected_date_time: 1_764_000_000 }],
  ["plain_text_input", "", { value: null }],
  [
    "static_select",
    { type: "static_select", selected_option: option("a") },
    { selected_option: option("a") },
  ],
])("a %s takes %j", (type, entered, value) => {
  expect(selectValue({ type, options }, entered, names)).toEqual({
    kind: "value",
    value: { type, ...value },
  });
});

it.each([
  ["static_select", "c"],
  ["users_select", "nobody"],
  ["datepicker", "tomorrow"],
  ["timepicker", "24:00"],
  ["datetimepicker", "soon"],
  ["plain_text_input", { text: "x" }],
  ["button", "x"],
])("a %s refuses %j", (type, entered) => {
  expect(selectValue({ type, options }, entered, names)).toMatchObject({ kind: "invalid" });
});

it("never throws, whatever is entered", () => {
  check(
    property(constantFrom(...types), jsonValue(), (type, entered) => {
      expect(["value", "invalid"]).toContain(selectValue({ type, options }, entered, names).kind);
    }),
  );
});

it("fills in the ids that were left out and keeps the others", () => {
  const [section, actions] = fillIds([
    { type: "section", text: { type: "mrkdwn", text: "x" }, accessory: { type: "button" } },
    {
      type: "actions",
      block_id: "own",
      elements: [{ type: "overflow", action_id: "more" }, { type: "button" }],
    },
  ]);
  expect(section?.["block_id"]).toMatch(/^\w{5}$/);
  expect(actions?.["block_id"]).toBe("own");
  expect(listElements([section, actions]).map((element) => element.actionId)).toEqual([
    expect.stringMatching(/^\w{5}$/),
    "more",
    expect.stringMatching(/^\w{5}$/),
  ]);
});

it("finds what stands in cards and containers", () => {
  const blocks = fillIds([
    { type: "carousel", elements: [{ type: "card", actions: [{ type: "button", action_id: "in-card" }] }] },
    {
      type: "container",
      child_blocks: [{ type: "input", element: { type: "plain_text_input", action_id: "in-container" } }],
    },
  ]);
  expect(listElements(blocks).map((element) => element.actionId)).toEqual(["in-card", "in-container"]);
});

it("starts with what the element says", () => {
  expect(initialValue({ type: "plain_text_input", initial_value: "7B" })).toEqual({
    type: "plain_text_input",
    value: "7B",
  });
  expect(initialValue({ type: "multi_users_select" })).toEqual({
    type: "multi_users_select",
    selected_users: [],
  });
  expect(initialValue({ type: "button" })).toBeUndefined();
  expect(initialValue({ type: "overflow" })).toBeUndefined();
});
