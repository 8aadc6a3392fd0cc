import type { RefObject } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { ListedOption } from "../elements/option-list.tsx";
import { pageStore } from "../page-store.ts";
import { emojiOf, findEmoji } from "../text/emoji.ts";
import { useTexts, type Texts } from "../texts.ts";

interface Completion extends ListedOption {
  /** What replaces the typed word. */
  readonly insert: string;
}

interface Typed {
  readonly sign: "/" | "@" | "#" | ":";
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

const mostOptions = 8;

/** What could complete the word before the caret. */
export function useCompletion(
  box: RefObject<HTMLTextAreaElement | null>,
  text: string,
  allowsCommands: boolean,
) {
  const texts = useTexts();
  const [typed, setTyped] = useState<Typed>();
  const [active, setActive] = useState(0);
  const options = useMemo(() => (typed ? optionsFor(typed, texts) : []), [typed, texts]);
  const look = () => {
    const area = box.current;
    const found = area ? wordBefore(area.value, area.selectionStart) : undefined;
    setTyped(found?.sign === "/" && !allowsCommands ? undefined : found);
    setActive(0);
  };
  const close = () => setTyped(undefined);
  return {
    options,
    active,
    label:
      typed?.sign === "/"
        ? texts.commands
        : typed?.sign === "@"
          ? texts.people
          : typed?.sign === "#"
            ? texts.channels
            : texts.emoji,
    look,
    close,
    /** The text with that option in it, and where the caret goes. */
    take: (index: number) => {
      const option = options[index];
      if (!option || !typed) return undefined;
      close();
      const now = box.current?.value ?? text;
      const before = `${now.slice(0, typed.start)}${option.insert}`;
      return { text: `${before}${now.slice(typed.end).replace(/^ /, "")}`, caret: before.length };
    },
    /** Handles a key while the list is open; false: the key is not for the list. */
    onKey: (event: KeyboardEvent, apply: (index: number) => void): boolean => {
      switch (event.key) {
        case "ArrowDown":
          setActive((active + 1) % options.length);
          return true;
        case "ArrowUp":
          setActive((active - 1 + options.length) % options.length);
          return true;
        case "Escape":
          close();
          return true;
        case "Tab":
        case "Enter": {
          if (event.shiftKey) return false;
          // A word that is complete already is sent, not completed again.
          if (event.key === "Enter" && options[active]?.insert.trim() === `${typed?.sign}${typed?.word}`) {
            close();
            return false;
          }
          apply(active);
          return true;
        }
        default:
          return false;
      }
    },
  };
}

function wordBefore(text: string, caret: number): Typed | undefined {
  const before = text.slice(0, caret);
  const command = /^\/([^\s/]*)$/.exec(before);
  if (command) return { sign: "/", word: command[1] ?? "", start: 0, end: caret };
  const match = /(?<![\w:])([@#:])([\p{L}\p{N}_+.-]*)$/u.exec(before);
  const sign = match?.[1] as Typed["sign"] | undefined;
  if (!match || sign === undefined) return undefined;
  if (sign === ":" && (match[2]?.length ?? 0) < 2) return undefined;
  return { sign, word: match[2] ?? "", start: match.index, end: caret };
}

function optionsFor({ sign, word }: Typed, texts: Texts): Completion[] {
  const { commands, people, groups, channels } = pageStore.get();
  const wanted = word.toLowerCase();
  const option = (insert: string, label: string, hint: string): Completion => ({
    key: insert,
    label,
    hint,
    insert: `${insert} `,
  });
  const fits = (found: Completion) =>
    `${found.label} ${sign === "/" ? "" : (found.hint ?? "")}`.toLowerCase().includes(wanted);
  const all = () => {
    switch (sign) {
      case "/":
        return commands.map((item) =>
          option(item.command, item.command, [item.usage_hint, item.description].filter(Boolean).join(" · ")),
        );
      case "@":
        return [
          ...[...people.values()]
            .filter((person) => !person.deleted)
            .map((person) => option(`@${person.name}`, `@${person.name}`, person.real_name)),
          ...groups.map((group) => option(`@${group.handle}`, `@${group.handle}`, group.name)),
          ...["here", "channel"].map((range) => option(`@${range}`, `@${range}`, texts.everyone)),
        ];
      case "#":
        return channels
          .filter((channel) => !channel.is_im)
          .map((channel) => option(`#${channel.name}`, `#${channel.name}`, channel.purpose?.value ?? ""));
      case ":":
        return findEmoji(wanted, mostOptions).map((name) =>
          option(`:${name}:`, `${emojiOf(name) ?? ""} :${name}:`, ""),
        );
    }
    return sign satisfies never;
  };
  /** A name that begins so comes before a word in it that does, and before one that only has it somewhere. */
  const distance = ({ label, hint }: Completion): number => {
    if (label.slice(1).toLowerCase().startsWith(wanted)) return 0;
    return (hint ?? "")
      .toLowerCase()
      .split(" ")
      .some((part) => part.startsWith(wanted))
      ? 1
      : 2;
  };
  const fitting = all().filter(fits);
  if (sign !== ":") fitting.sort((a, b) => distance(a) - distance(b));
  return fitting.slice(0, mostOptions);
}
