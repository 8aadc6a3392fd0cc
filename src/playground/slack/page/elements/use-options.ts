import { useEffect, useState } from "preact/hooks";
import { useTexts } from "../texts.ts";
import type { OptionPickerProps, PickerOption } from "./option-picker.tsx";

interface FoundOptions {
  readonly options: readonly PickerOption[];
  /** Why the list is empty. */
  readonly note: string | undefined;
}

type Answered = { readonly typed: string; readonly options: readonly PickerOption[] | undefined };

const pauseMs = 150;

/** The options that fit what was typed: filtered here, or asked of the app once the typing pauses. */
export function useOptions(
  { options, search, shortestSearch }: Pick<OptionPickerProps, "options" | "search" | "shortestSearch">,
  isOpen: boolean,
  typed: string,
): FoundOptions {
  const texts = useTexts();
  const [answered, setAnswered] = useState<Answered>();
  const isLongEnough = typed.trim().length >= shortestSearch;
  useEffect(() => {
    if (!isOpen || !search || !isLongEnough) return undefined;
    let isCurrent = true;
    const timer = setTimeout(
      () => {
        search(typed.trim()).then(
          (found) => isCurrent && setAnswered({ typed, options: found }),
          () => isCurrent && setAnswered({ typed, options: undefined }),
        );
      },
      typed === "" ? 0 : pauseMs,
    );
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [isOpen, typed]);
  if (!search) {
    const wanted = typed.trim().toLowerCase();
    const matching = (options ?? []).filter((option) =>
      `${option.label} ${option.hint ?? ""}`.toLowerCase().includes(wanted),
    );
    return { options: matching, note: matching.length === 0 ? texts.noMatches : undefined };
  }
  if (!isLongEnough) return { options: [], note: texts.typeMore(shortestSearch) };
  if (answered?.typed !== typed) return { options: [], note: texts.loading };
  if (!answered.options) return { options: [], note: texts.optionsFailed };
  return { options: answered.options, note: answered.options.length === 0 ? texts.noMatches : undefined };
}
