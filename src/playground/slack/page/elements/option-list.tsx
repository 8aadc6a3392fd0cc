import { Fragment, type ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../chrome/icon.tsx";

export interface ListedOption {
  readonly key: string;
  readonly label: string;
  readonly hint: string | undefined;
  readonly group?: string;
  readonly picture?: ComponentChildren;
}

interface OptionListProps<Option extends ListedOption> {
  readonly id: string;
  readonly label: string;
  readonly options: readonly Option[];
  readonly active: number;
  readonly several?: boolean;
  readonly chosenKeys?: readonly string[];
  readonly onChoose: (option: Option) => void;
}

/** A list to choose from; the field beside it keeps the focus and says which option is active. */
export function OptionList<Option extends ListedOption>(props: OptionListProps<Option>) {
  const { id, options, active, chosenKeys = [] } = props;
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector("[data-active=true]")?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <div
      ref={list}
      id={id}
      class="option-list"
      role="listbox"
      aria-label={props.label}
      aria-multiselectable={props.several}
    >
      {options.map((option, index) => {
        const startsGroup =
          option.group !== undefined && option.group !== "" && option.group !== options[index - 1]?.group;
        return (
          <Fragment key={option.key}>
            {startsGroup && (
              <div class="option-group" role="presentation">
                {option.group}
              </div>
            )}
            <div
              id={`${id}-${index}`}
              class="option"
              role="option"
              aria-selected={
                props.chosenKeys === undefined ? index === active : chosenKeys.includes(option.key)
              }
              data-active={index === active}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => props.onChoose(option)}
            >
              {option.picture}
              <span class="option-label">{option.label}</span>
              {option.hint !== undefined && <span class="hint">{option.hint}</span>}
              {chosenKeys.includes(option.key) && <Icon name="check" />}
            </div>
          </Fragment>
        );
      })}
    </div>
  );
}
