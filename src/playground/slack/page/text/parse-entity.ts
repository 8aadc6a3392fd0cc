import { safeUrl, textNode, unescapeText, type TextNode } from "./text-node.ts";

/** What stands between `<` and `>` in Slack's text: a mention, a date or a link. Undefined: neither, so it is just text. */
export function parseEntity(body: string): TextNode | undefined {
  const bar = body.indexOf("|");
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? undefined : unescapeText(body.slice(bar + 1));
  const rest = target.slice(1);
  switch (target.slice(0, 1)) {
    case "@":
      return /^[UW]\w+$/.test(rest) ? named("user", rest, label) : undefined;
    case "#":
      return /^[CDG]\w+$/.test(rest) ? named("channel", rest, label) : undefined;
    case "!":
      return parseSpecial(rest, label);
    default:
      return parseLink(target, label);
  }
}

function parseSpecial(body: string, label: string | undefined): TextNode | undefined {
  if (["here", "channel", "everyone"].includes(body)) return { kind: "broadcast", range: body };
  const [word, ...values] = body.split("^");
  if (word === "subteam" && values[0]) return named("group", values[0], label);
  if (word !== "date") return label === undefined ? undefined : textNode(label);
  const seconds = Number(values[0]);
  const fallback = label ?? values[0] ?? "";
  if (!Number.isFinite(seconds) || values[1] === undefined) return textNode(fallback);
  const url = values[2] === undefined ? undefined : safeUrl(unescapeText(values[2]));
  return {
    kind: "date",
    seconds,
    format: unescapeText(values[1]),
    fallback,
    ...(url === undefined ? {} : { url }),
  };
}

function parseLink(target: string, label: string | undefined): TextNode | undefined {
  const address = unescapeText(target);
  const url = safeUrl(address);
  if (url === undefined) return undefined;
  const shown = label ?? address.replace(/^mailto:/, "");
  return { kind: "link", url, children: [textNode(shown)] };
}

function named(kind: "user" | "channel" | "group", id: string, label: string | undefined): TextNode {
  return label === undefined || label === "" ? { kind, id } : { kind, id, label };
}
