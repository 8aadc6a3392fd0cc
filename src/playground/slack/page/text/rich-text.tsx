import type { RichTextPart, RichTextStyle } from "../block-shapes.ts";
import { safeUrl, textNode, type TextNode } from "./text-node.ts";
import { TextNodes } from "./text-nodes.tsx";

/** A rich_text block: sections, lists, quotes and preformatted text. */
export function RichText({ elements }: { readonly elements: readonly RichTextPart[] }) {
  return (
    <div class="rich-text">
      {groupLists(elements).map((group, index) =>
        Array.isArray(group) ? <NestedList key={index} lists={group} /> : <One key={index} part={group} />,
      )}
    </div>
  );
}

function One({ part }: { readonly part: RichTextPart }) {
  const nodes = inlineNodes(part.elements ?? []);
  switch (part.type) {
    case "rich_text_quote":
      return (
        <blockquote>
          <TextNodes nodes={nodes} />
        </blockquote>
      );
    case "rich_text_preformatted":
      return (
        <pre>
          <code>
            <TextNodes nodes={nodes} />
          </code>
        </pre>
      );
    default:
      return (
        <div class="rich-text-section">
          <TextNodes nodes={nodes} />
        </div>
      );
  }
}

/** Lists that follow each other are one list whose items are indented. */
function groupLists(elements: readonly RichTextPart[]): (RichTextPart | RichTextPart[])[] {
  const groups: (RichTextPart | RichTextPart[])[] = [];
  for (const part of elements) {
    const last = groups.at(-1);
    if (part.type !== "rich_text_list") groups.push(part);
    else if (Array.isArray(last)) last.push(part);
    else groups.push([part]);
  }
  return groups;
}

function NestedList({ lists }: { readonly lists: readonly RichTextPart[] }) {
  return (
    <>
      {lists.map((list, index) => {
        const items = (list.elements ?? []).map((item, position) => (
          <li key={position}>
            <TextNodes nodes={inlineNodes(item.elements ?? [])} />
          </li>
        ));
        const style = { marginLeft: `${(list.indent ?? 0) * 1.5}rem` };
        return list.style === "ordered" ? (
          <ol key={index} style={style} start={(list.offset ?? 0) + 1} data-indent={(list.indent ?? 0) % 3}>
            {items}
          </ol>
        ) : (
          <ul key={index} style={style} data-indent={(list.indent ?? 0) % 3}>
            {items}
          </ul>
        );
      })}
    </>
  );
}

export function inlineNodes(parts: readonly RichTextPart[]): TextNode[] {
  return parts.flatMap((part): TextNode[] => {
    const style = typeof part.style === "object" ? part.style : undefined;
    const nodes = plainNodes(part, style?.code === true);
    return nodes.map((node) => styled(node, style));
  });
}

function plainNodes(part: RichTextPart, isCode: boolean): TextNode[] {
  switch (part.type) {
    case "text":
      return isCode ? [{ kind: "code", text: part.text ?? "" }] : splitLines(part.text ?? "");
    case "link": {
      const url = safeUrl(part.url ?? "");
      const shown = part.text ?? part.url ?? "";
      const children: TextNode[] = isCode ? [{ kind: "code", text: shown }] : [textNode(shown)];
      return url === undefined ? children : [{ kind: "link", url, children }];
    }
    case "emoji":
      return [{ kind: "emoji", name: part.name ?? "" }];
    case "user":
      return [{ kind: "user", id: part.user_id ?? "" }];
    case "usergroup":
      return [{ kind: "group", id: part.usergroup_id ?? "" }];
    case "channel":
      return [{ kind: "channel", id: part.channel_id ?? "" }];
    case "broadcast":
      return [{ kind: "broadcast", range: part.range ?? "channel" }];
    case "date":
      return [dateNode(part)];
    case "color":
      return [{ kind: "color", value: part.value ?? "" }];
    default:
      return [textNode(part.text ?? `[${part.type}]`)];
  }
}

function dateNode(part: RichTextPart): TextNode {
  const seconds = part.timestamp ?? Number.NaN;
  const fallback = part.fallback ?? String(part.timestamp ?? "");
  const url = part.url === undefined ? undefined : safeUrl(part.url);
  return {
    kind: "date",
    seconds,
    format: part.format ?? "{date}",
    fallback,
    ...(url === undefined ? {} : { url }),
  };
}

function splitLines(text: string): TextNode[] {
  return text.split("\n").flatMap((line, index): TextNode[] => {
    const node = line === "" ? [] : [textNode(line)];
    return index === 0 ? node : [{ kind: "break" }, ...node];
  });
}

function styled(node: TextNode, style: RichTextStyle | undefined): TextNode {
  let result = node;
  for (const kind of ["underline", "strike", "italic", "bold"] as const)
    if (style?.[kind] === true) result = { kind, children: [result] };
  return result;
}
