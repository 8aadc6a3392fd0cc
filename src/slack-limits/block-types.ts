import { slackLimits } from "./slack-limits.ts";
import { isFields, type ReportProblem, type UnknownFields } from "./problems.ts";
import {
  checkBoolean,
  checkList,
  checkOneOf,
  checkString,
  checkText,
  checkTextObject,
} from "./validate-fields.ts";
import { checkContextElement, checkElement, checkImage, elementTypes } from "./validate-elements.ts";
import { checkRichText } from "./validate-rich-text.ts";
import {
  checkCard,
  checkCarousel,
  checkContainer,
  checkDataTable,
  checkPlan,
  checkTable,
  checkTaskCard,
} from "./rich-block-types.ts";

/** Where blocks are shown; the sizes and the allowed types depend on it. */
export type BlockSurface = "message" | "modal" | "home";

export type BlockCheck = (
  report: ReportProblem,
  pointer: string,
  block: UnknownFields,
  surface: BlockSurface,
) => void;

interface BlockType {
  readonly surfaces: readonly BlockSurface[];
  readonly fields: readonly string[];
  readonly check?: BlockCheck;
}

const everywhere: readonly BlockSurface[] = ["message", "modal", "home"];
const messages: readonly BlockSurface[] = ["message"];

/** Every block type that an app may send, with its fields and where it may stand. */
export const blockTypes: Readonly<Record<string, BlockType | undefined>> = {
  divider: { surfaces: everywhere, fields: [] },
  section: { surfaces: everywhere, fields: ["text", "fields", "accessory", "expand"], check: checkSection },
  header: {
    surfaces: everywhere,
    fields: ["text", "level"],
    check: (report, pointer, block) =>
      checkText(report, pointer, block, "text", {
        required: true,
        kind: "plain_text",
        max: slackLimits.header.textCharacters,
      }),
  },
  markdown: {
    surfaces: messages,
    fields: ["text"],
    check: (report, pointer, block) =>
      checkString(report, pointer, block, "text", {
        required: true,
        max: slackLimits.markdown.textCharacters,
      }),
  },
  context: { surfaces: everywhere, fields: ["elements"], check: checkContext },
  context_actions: { surfaces: messages, fields: ["elements"], check: checkContextActions },
  actions: { surfaces: everywhere, fields: ["elements"], check: checkActions },
  input: {
    surfaces: everywhere,
    fields: ["label", "hint", "optional", "element", "dispatch_action"],
    check: checkInput,
  },
  image: {
    surfaces: everywhere,
    fields: ["image_url", "slack_file", "alt_text", "title"],
    check: checkImageBlock,
  },
  rich_text: { surfaces: everywhere, fields: ["elements"], check: checkRichText },
  video: {
    surfaces: everywhere,
    fields: [
      "video_url",
      "thumbnail_url",
      "alt_text",
      "title",
      "title_url",
      "author_name",
      "provider_name",
      "provider_icon_url",
      "description",
    ],
    check: checkVideo,
  },
  table: { surfaces: messages, fields: ["rows", "column_settings"], check: checkTable },
  data_table: {
    surfaces: messages,
    fields: ["rows", "caption", "page_size", "row_header_column_index"],
    check: checkDataTable,
  },
  // Slack's own SDKs disagree whether messages take it, so it is refused there: what passes here passes on Slack.
  alert: { surfaces: ["modal"], fields: ["text", "level"], check: checkAlert },
  card: {
    surfaces: messages,
    fields: ["hero_image", "icon", "title", "subtitle", "body", "actions"],
    check: checkCard,
  },
  carousel: { surfaces: messages, fields: ["elements"], check: checkCarousel },
  container: {
    surfaces: messages,
    fields: [
      "title",
      "rich_text_title",
      "subtitle",
      "child_blocks",
      "width",
      "icon",
      "is_collapsible",
      "default_collapsed",
      "has_header_divider",
    ],
    check: (report, pointer, block, surface) => {
      checkContainer(report, pointer, block);
      checkChildBlocks(report, pointer, block, surface);
    },
  },
  task_card: {
    surfaces: messages,
    fields: ["task_id", "title", "details", "output", "sources", "status"],
    check: checkTaskCard,
  },
  plan: { surfaces: messages, fields: ["title", "tasks"], check: checkPlan },
};

function checkSection(report: ReportProblem, pointer: string, block: UnknownFields): void {
  const limits = slackLimits.section;
  if (block["text"] === undefined && block["fields"] === undefined)
    report(pointer, "must define either `text` or `fields`");
  checkText(report, pointer, block, "text", { kind: "any", max: limits.textCharacters });
  const fields = checkList(report, pointer, block, "fields", { max: limits.fields }) ?? [];
  for (const [index, field] of fields.entries()) {
    checkTextObject(report, `${pointer}/fields/${index}`, field, {
      kind: "any",
      max: limits.fieldCharacters,
    });
  }
  checkBoolean(report, pointer, block, "expand");
  if (block["accessory"] !== undefined)
    checkElement(report, `${pointer}/accessory`, block["accessory"], elementTypes.accessory);
}

function checkContext(report: ReportProblem, pointer: string, block: UnknownFields): void {
  const elements =
    checkList(report, pointer, block, "elements", { required: true, max: slackLimits.context.elements }) ??
    [];
  for (const [index, element] of elements.entries())
    checkContextElement(report, `${pointer}/elements/${index}`, element);
}

function checkContextActions(report: ReportProblem, pointer: string, block: UnknownFields): void {
  const elements =
    checkList(report, pointer, block, "elements", {
      required: true,
      max: slackLimits.contextActions.elements,
    }) ?? [];
  for (const [index, element] of elements.entries())
    checkElement(report, `${pointer}/elements/${index}`, element, elementTypes.contextActions);
}

function checkActions(report: ReportProblem, pointer: string, block: UnknownFields): void {
  const elements =
    checkList(report, pointer, block, "elements", { required: true, max: slackLimits.actions.elements }) ??
    [];
  for (const [index, element] of elements.entries())
    checkElement(report, `${pointer}/elements/${index}`, element, elementTypes.actions);
}

function checkInput(report: ReportProblem, pointer: string, block: UnknownFields): void {
  const { labelCharacters, hintCharacters } = slackLimits.input;
  checkText(report, pointer, block, "label", { required: true, kind: "plain_text", max: labelCharacters });
  checkText(report, pointer, block, "hint", { kind: "plain_text", max: hintCharacters });
  checkBoolean(report, pointer, block, "optional");
  checkBoolean(report, pointer, block, "dispatch_action");
  if (block["element"] === undefined) report(pointer, "missing required field: element");
  else checkElement(report, `${pointer}/element`, block["element"], elementTypes.input);
}

function checkImageBlock(report: ReportProblem, pointer: string, block: UnknownFields): void {
  checkImage(report, pointer, block, ["block_id", "title"]);
  checkText(report, pointer, block, "title", { kind: "plain_text", max: slackLimits.image.titleCharacters });
}

function checkVideo(report: ReportProblem, pointer: string, block: UnknownFields): void {
  for (const name of ["video_url", "thumbnail_url", "alt_text"]) {
    checkString(report, pointer, block, name, { required: true, max: slackLimits.image.urlCharacters });
  }
  checkText(report, pointer, block, "title", {
    required: true,
    kind: "plain_text",
    max: slackLimits.video.titleCharacters,
  });
  checkString(report, pointer, block, "author_name", { max: slackLimits.video.authorCharacters });
}

function checkAlert(report: ReportProblem, pointer: string, block: UnknownFields): void {
  checkText(report, pointer, block, "text", {
    required: true,
    kind: "any",
    max: slackLimits.textObjectCharacters,
  });
  checkOneOf(report, pointer, block, "level", ["default", "info", "warning", "error", "success"]);
}

const childTypes = [
  "actions",
  "context",
  "divider",
  "file",
  "header",
  "image",
  "input",
  "rich_text",
  "section",
  "table",
  "video",
];

function checkChildBlocks(
  report: ReportProblem,
  pointer: string,
  block: UnknownFields,
  surface: BlockSurface,
): void {
  const children =
    checkList(report, pointer, block, "child_blocks", {
      required: true,
      max: slackLimits.container.blocks,
    }) ?? [];
  for (const [index, child] of children.entries()) {
    const at = `${pointer}/child_blocks/${index}`;
    const type = isFields(child) ? child["type"] : undefined;
    if (!isFields(child) || typeof type !== "string" || !childTypes.includes(type))
      report(`${at}/type`, `unsupported type: ${String(type)}`);
    else blockTypes[type]?.check?.(report, at, child, surface);
  }
}
