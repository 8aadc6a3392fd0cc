import type { Block, BlockElement, RichTextPart, TextObject } from "../block-shapes.ts";
import { BlockElementView } from "../elements/block-element.tsx";
import { MarkdownText } from "../text/markdown-text.tsx";
import { RichText } from "../text/rich-text.tsx";
import { plainOf, SlackText } from "../text/slack-text.tsx";
import { Card, Carousel } from "./card.tsx";
import { Container } from "./container.tsx";
import { DataTable } from "./data-table.tsx";
import { InputBlock } from "./input-block.tsx";
import { Section } from "./section.tsx";
import { SlackImage } from "./slack-image.tsx";
import { PlainTable } from "./plain-table.tsx";
import { Plan, TaskCard } from "./task-card.tsx";
import { VideoBlock } from "./video-block.tsx";

/** Any block. */
export function BlockView({ block }: { readonly block: Block }) {
  switch (block.type) {
    case "section":
      return <Section block={block} />;
    case "header":
      return <Header block={block} />;
    case "divider":
      return <hr class="block-divider" />;
    case "context":
      return <Context block={block} />;
    case "actions":
    case "context_actions":
      return <Actions block={block} />;
    case "input":
      return <InputBlock block={block} />;
    case "image":
      return (
        <figure class="block-image">
          {block.title !== undefined && (
            <figcaption>
              <SlackText text={block.title} />
            </figcaption>
          )}
          <SlackImage image={block} />
        </figure>
      );
    case "rich_text":
      return <RichText elements={(block.elements ?? []) as readonly RichTextPart[]} />;
    case "markdown":
      return <MarkdownText source={typeof block.text === "string" ? block.text : ""} />;
    case "table":
      return <PlainTable block={block} />;
    case "data_table":
      return <DataTable block={block} />;
    case "alert":
      return <Alert block={block} />;
    case "card":
      return <Card block={block} />;
    case "carousel":
      return <Carousel block={block} />;
    case "container":
      return <Container block={block} drawBlock={(child, key) => <BlockView key={key} block={child} />} />;
    case "plan":
      return <Plan block={block} />;
    case "task_card":
      return <TaskCard task={block} />;
    case "video":
      return <VideoBlock block={block} />;
    default:
      return <div class="broken">[{block.type}]</div>;
  }
}

function Header({ block }: { readonly block: Block }) {
  return (
    <h3 class="block-header" data-level={block.level}>
      <SlackText text={block.text} />
    </h3>
  );
}

function Context({ block }: { readonly block: Block }) {
  const elements = (block.elements ?? []) as readonly (BlockElement | TextObject)[];
  return (
    <div class="block-context">
      {elements.map((element, index) =>
        element.type === "image" ? (
          <SlackImage key={index} image={element} class="context-image" />
        ) : (
          <span key={index}>
            <SlackText text={element as TextObject} />
          </span>
        ),
      )}
    </div>
  );
}

function Actions({ block }: { readonly block: Block }) {
  const elements = (block.elements ?? []) as readonly BlockElement[];
  return (
    <div class={block.type === "actions" ? "block-actions" : "block-actions block-context-actions"}>
      {elements.map((element, index) => (
        <BlockElementView
          key={element.action_id ?? index}
          block={block}
          element={element}
          label={plainOf(element.placeholder)}
        />
      ))}
    </div>
  );
}

const alertSigns: Readonly<Record<string, string>> = {
  info: "ℹ️",
  warning: "⚠️",
  error: "⛔",
  success: "✅",
};

function Alert({ block }: { readonly block: Block }) {
  const level = String(block.level ?? "default");
  return (
    <div
      class="block-alert"
      data-level={level}
      role={level === "error" || level === "warning" ? "alert" : "note"}
    >
      <span aria-hidden="true">{alertSigns[level] ?? "💬"}</span>
      <div>
        <SlackText text={block.text} />
      </div>
    </div>
  );
}
