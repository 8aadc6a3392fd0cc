interface RobotsRule {
  isAllowed: boolean;
  pattern: string;
}
export interface Robots {
  isAllowed(url: string): boolean;
  /** Between two requests, in milliseconds. */
  delayMs: number;
}

const NAME = "jibsa";
const MAX_CHARACTERS = 500 * 1_024;
const MAX_DELAY_S = 10;

/** A site's robots.txt, RFC 9309: the group that names us, else that of all; the longest rule that fits decides. */
export function parseRobots(text: string): Robots {
  const groups: { names: string[]; rules: RobotsRule[]; delayS: number }[] = [];
  let isNaming = false;
  for (const line of text.slice(0, MAX_CHARACTERS).split(/\r\n?|\n/)) {
    const match = /^\s*([a-z-]+)\s*:\s*(.*?)\s*(?:#.*)?$/i.exec(line);
    const [, key = "", value = ""] = match ?? [];
    const field = key.toLowerCase();
    if (field === "user-agent") {
      if (!isNaming) groups.push({ names: [], rules: [], delayS: 0 });
      groups.at(-1)?.names.push(value.toLowerCase());
      isNaming = true;
      continue;
    }
    if (field === "") continue;
    isNaming = false;
    const group = groups.at(-1);
    if ((field === "allow" || field === "disallow") && value !== "")
      group?.rules.push({ isAllowed: field === "allow", pattern: value });
    if (field === "crawl-delay" && group !== undefined) group.delayS = Number(value) || 0;
  }
  const own = groups.filter(({ names }) => names.includes(NAME));
  const chosen = own.length > 0 ? own : groups.filter(({ names }) => names.includes("*"));
  const rules = chosen.flatMap((group) => group.rules);
  return {
    isAllowed(url) {
      const { pathname, search } = new URL(url);
      const fitting = rules
        .filter(({ pattern }) => fits(pattern, pathname + search))
        .toSorted(
          (left, right) =>
            right.pattern.length - left.pattern.length || Number(right.isAllowed) - Number(left.isAllowed),
        );
      return fitting[0]?.isAllowed ?? true;
    },
    delayMs: Math.min(MAX_DELAY_S, Math.max(0, ...chosen.map(({ delayS }) => delayS))) * 1_000,
  };
}

/** "*" is any text, "$" at the end is the end. Looks for one part after the other, so its time does not explode. */
function fits(pattern: string, path: string): boolean {
  const isWhole = pattern.endsWith("$");
  const [first = "", ...rest] = (isWhole ? pattern.slice(0, -1) : pattern).split("*");
  if (!path.startsWith(first)) return false;
  let at = first.length;
  for (const [index, part] of rest.entries()) {
    const isLast = index === rest.length - 1;
    if (isLast && isWhole) return path.length - part.length >= at && path.endsWith(part);
    const found = path.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return !isWhole || at === path.length;
}
