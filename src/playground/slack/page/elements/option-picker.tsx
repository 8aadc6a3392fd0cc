import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../chrome/icon.tsx";
import { Popup } from "../chrome/popup.tsx";
import { useTexts } from "../texts.ts";
import { OptionList, type ListedOption } from "./option-list.tsx";
import { useOptions } from "./use-options.ts";

export interface PickerOption extends ListedOption {
  /** What the element holds when this is chosen. */
  readonly held: unknown;
}

export interface OptionPickerProps {
  readonly id: string;
  readonly label: string;
  readonly placeholder: string;
  readonly options: readonly PickerOption[] | undefined;
  /** Asks for options while one types. */
  readonly search: ((typed: string) => Promise<readonly PickerOption[]>) | undefined;
  readonly shortestSearch: number;
  readonly chosen: readonly PickerOption[];
  readonly several: boolean;
  readonly most: number | undefined;
  readonly isInvalid: boolean;
  /** Every tick in a list of several. */
  readonly onEnter: (options: readonly PickerOption[]) => void;
  /** The choice: at once for one, when the list closes for several. */
  readonly onChoose: (options: readonly PickerOption[]) => void;
}

/** A field that opens a list with a search box; works with the keyboard alone. */
export function OptionPicker(props: OptionPickerProps) {
  const texts = useTexts();
  const anchor = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLInputElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const [active, setActive] = useState(0);
  const [ticked, setTicked] = useState<readonly PickerOption[]>(props.chosen);
  const found = useOptions(props, isOpen, typed);
  const shown = isOpen ? ticked : props.chosen;
  useLayoutEffect(() => {
    if (isOpen) box.current?.focus();
  }, [isOpen]);
  useEffect(() => setActive(0), [typed]);
  const open = () => {
    setTicked(props.chosen);
    setTyped("");
    setOpen(true);
  };
  const close = (givesFocus = true) => {
    setOpen(false);
    if (givesFocus) button.current?.focus();
    if (props.several && keysOf(ticked) !== keysOf(props.chosen)) props.onChoose(ticked);
  };
  const choose = (option: PickerOption) => {
    if (!props.several) {
      setOpen(false);
      button.current?.focus();
      if (keysOf(props.chosen) !== option.key) props.onChoose([option]);
      return;
    }
    const isTicked = ticked.some((item) => item.key === option.key);
    if (!isTicked && props.most !== undefined && ticked.length >= props.most) return;
    const next = isTicked ? ticked.filter((item) => item.key !== option.key) : [...ticked, option];
    setTicked(next);
    props.onEnter(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const count = found.options.length;
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      const option = found.options[active];
      if (option) choose(option);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count > 0) {
      event.preventDefault();
      setActive((active + (event.key === "ArrowDown" ? 1 : count - 1)) % count);
    }
  };
  const remove = (option: PickerOption) => {
    const next = shown.filter((item) => item.key !== option.key);
    setTicked(next);
    props.onChoose(next);
  };
  return (
    <div class="picker" ref={anchor}>
      <button
        ref={button}
        id={props.id}
        type="button"
        class="picker-button"
        aria-haspopup="listbox"
        aria-expanded={isOpen}
        aria-invalid={props.isInvalid}
        aria-label={[props.label, ...shown.map((option) => option.label)].join(": ")}
        onClick={() => (isOpen ? close() : open())}
      >
        {!props.several && shown[0] ? (
          <span class="picker-value">{shown[0].label}</span>
        ) : (
          <span class="picker-placeholder">{props.placeholder}</span>
        )}
        <Icon name="chevron" />
      </button>
      {props.several && shown.length > 0 && (
        <ul class="chips">
          {shown.map((option) => (
            <li key={option.key} class="chip">
              {option.label}
              <button
                type="button"
                aria-label={texts.removeItem(option.label)}
                onClick={() => remove(option)}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      {isOpen && (
        <Popup anchor={anchor} matchWidth onClose={() => close(false)} class="picker-popup">
          <input
            ref={box}
            class="input picker-search"
            role="combobox"
            aria-expanded="true"
            aria-controls={`${props.id}-list`}
            aria-activedescendant={found.options[active] ? `${props.id}-list-${active}` : undefined}
            aria-label={texts.search}
            placeholder={texts.search}
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
            onKeyDown={onKeyDown}
          />
          {found.note !== undefined && <div class="picker-note">{found.note}</div>}
          <OptionList
            id={`${props.id}-list`}
            label={props.label}
            options={found.options}
            active={active}
            several={props.several}
            chosenKeys={shown.map((option) => option.key)}
            onChoose={choose}
          />
        </Popup>
      )}
    </div>
  );
}

function keysOf(options: readonly PickerOption[]): string {
  return options.map((option) => option.key).join("\n");
}
