import { useState } from "preact/hooks";
import type { Block, RichTextPart } from "../block-shapes.ts";
import { Icon } from "../chrome/icon.tsx";
import { RichText } from "../text/rich-text.tsx";
import { SlackText } from "../text/slack-text.tsx";
import { safeUrl } from "../text/text-node.ts";
import { SafeLink } from "../text/text-nodes.tsx";
import { useTexts, type Texts } from "../texts.ts";

/** One step of an agent's work, with its state; details unfold. */
export function TaskCard({ task }: { readonly task: Block }) {
  const texts = useTexts();
  const [isOpen, setOpen] = useState(false);
  const status = task.status ?? "pending";
  const sources = (task.sources ?? []).flatMap(({ url, text }) => {
    const safe = url === undefined ? undefined : safeUrl(url);
    return safe === undefined ? [] : [{ url: safe, text: text ?? safe }];
  });
  const hasMore = task.details !== undefined || task.output !== undefined || sources.length > 0;
  return (
    <div class="task-card" data-status={status}>
      <div class="task-line">
        <span class="task-sign" role="img" aria-label={statusName(status, texts)}>
          {signs[status]}
        </span>
        <span class="task-title">
          <SlackText text={task.title} />
        </span>
        {hasMore && (
          <button
            type="button"
            class="icon-button task-toggle"
            aria-expanded={isOpen}
            aria-label={isOpen ? texts.showLess : texts.showMore}
            onClick={() => setOpen(!isOpen)}
          >
            <Icon name="chevron" />
          </button>
        )}
      </div>
      {hasMore && isOpen && (
        <div class="task-more">
          {task.details && <RichText elements={(task.details.elements ?? []) as readonly RichTextPart[]} />}
          {task.output && <RichText elements={(task.output.elements ?? []) as readonly RichTextPart[]} />}
          {sources.length > 0 && (
            <div class="hint">
              {texts.sources}:{" "}
              {sources.map(({ url, text }, index) => (
                <span key={url}>
                  {index > 0 && " · "}
                  <SafeLink url={url}>{text}</SafeLink>
                </span>
              ))}
            </div>
          )}
        </div>
      )}
    </div>
  );
}

export function Plan({ block }: { readonly block: Block }) {
  const tasks = block.tasks ?? [];
  const done = tasks.filter((task) => task.status === "complete").length;
  return (
    <section class="plan">
      <div class="plan-title">
        <strong>
          <SlackText text={block.title} />
        </strong>
        <span class="hint">
          {done} / {tasks.length}
        </span>
      </div>
      {tasks.map((task, index) => (
        <TaskCard key={task.task_id ?? index} task={task} />
      ))}
    </section>
  );
}

type Status = NonNullable<Block["status"]>;

const signs: Readonly<Record<Status, string>> = { pending: "○", in_progress: "◐", complete: "✓", error: "✕" };

function statusName(status: Status, texts: Texts): string {
  return {
    pending: texts.pending,
    in_progress: texts.inProgress,
    complete: texts.complete,
    error: texts.failed,
  }[status];
}
