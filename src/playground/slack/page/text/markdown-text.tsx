import { useMemo } from "preact/hooks";
import { parseMarkdown, type MarkdownBlock, type MarkdownItem } from "./parse-markdown.ts";
import { TextNodes } from "./text-nodes.tsx";

export function MarkdownText({ source }: { readonly source: string }) {
  const blocks = useMemo(() => parseMarkdown(source), [source]);
  return (
    <div class="markdown">
      <Blocks blocks={blocks} />
    </div>
  );
}

function Blocks({ blocks }: { readonly blocks: readonly MarkdownBlock[] }) {
  return (
    <>
      {blocks.map((block, index) => (
        <One key={index} block={block} />
      ))}
    </>
  );
}

function One({ block }: { readonly block: MarkdownBlock }) {
  switch (block.kind) {
    case "paragraph":
      return (
        <p>
          <TextNodes nodes={block.children} />
        </p>
      );
    case "heading":
      return (
        <p class={`heading heading-${block.level}`} role="heading" aria-level={Math.min(6, block.level + 2)}>
          <TextNodes nodes={block.children} />
        </p>
      );
    case "code":
      return (
        <pre data-language={block.language || undefined}>
          <code>{block.text}</code>
        </pre>
      );
    case "quote":
      return (
        <blockquote>
          <Blocks blocks={block.blocks} />
        </blockquote>
      );
    case "rule":
      return <hr />;
    case "list":
      return block.start === undefined ? (
        <ul>
          {block.items.map((item, index) => (
            <Item key={index} item={item} />
          ))}
        </ul>
      ) : (
        <ol start={block.start}>
          {block.items.map((item, index) => (
            <Item key={index} item={item} />
          ))}
        </ol>
      );
    case "table":
      return <MarkdownTable table={block} />;
  }
  return block satisfies never;
}

/** An item of one paragraph stands without the paragraph's distance. */
function Item({ item }: { readonly item: MarkdownItem }) {
  const [first, ...others] = item.blocks;
  return (
    <li class={item.checked === undefined ? undefined : "task-item"}>
      {item.checked !== undefined && (
        <input type="checkbox" checked={item.checked} disabled aria-hidden="true" />
      )}
      {first?.kind === "paragraph" ? <TextNodes nodes={first.children} /> : first && <One block={first} />}
      <Blocks blocks={others} />
    </li>
  );
}

function MarkdownTable({ table }: { readonly table: MarkdownBlock & { readonly kind: "table" } }) {
  const [header = [], ...rows] = table.rows;
  const align = (column: number) => ({ textAlign: table.aligns[column] ?? "left" });
  return (
    <div class="table-frame">
      <table>
        <thead>
          <tr>
            {header.map((cell, column) => (
              <th key={column} style={align(column)}>
                <TextNodes nodes={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {header.map((_, column) => (
                <td key={column} style={align(column)}>
                  <TextNodes nodes={row[column] ?? []} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
