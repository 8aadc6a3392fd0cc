import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icon.tsx";
import { Popup } from "./popup.tsx";

export interface MenuItem {
  readonly key: string;
  readonly label: ComponentChildren;
  readonly hint?: ComponentChildren;
  readonly picture?: ComponentChildren;
  readonly checked?: boolean;
  readonly isDanger?: boolean;
  readonly choose: () => void;
}

interface MenuButtonProps {
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly class?: string;
  readonly disabled?: boolean;
  readonly align?: "start" | "end";
  readonly onOpenChange?: (isOpen: boolean) => void;
  readonly children: ComponentChildren;
}

/** A button with a menu: arrow keys move, Enter chooses, Escape closes and gives the focus back. */
export function MenuButton({ label, items, children, align = "end", ...rest }: MenuButtonProps) {
  const anchor = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const open = (value: boolean) => {
    setOpen(value);
    rest.onOpenChange?.(value);
  };
  const close = () => {
    open(false);
    anchor.current?.focus();
  };
  useLayoutEffect(() => {
    if (isOpen) entries(list.current)[0]?.focus();
  }, [isOpen]);
  const onKeyDown = (event: KeyboardEvent) => {
    const all = entries(list.current);
    const index = all.indexOf(document.activeElement as HTMLElement);
    const steps: Record<string, number | undefined> = {
      ArrowDown: (index + 1) % all.length,
      ArrowUp: (index - 1 + all.length) % all.length,
      Home: 0,
      End: all.length - 1,
    };
    const next = steps[event.key];
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (next !== undefined) {
      event.preventDefault();
      all[next]?.focus();
    }
  };
  return (
    <>
      <button
        ref={anchor}
        type="button"
        class={rest.class}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-label={label}
        title={label}
        disabled={rest.disabled}
        onClick={() => open(!isOpen)}
      >
        {children}
      </button>
      {isOpen && (
        <Popup anchor={anchor} align={align} onClose={() => open(false)}>
          <div ref={list} role="menu" aria-label={label} class="menu" onKeyDown={onKeyDown}>
            {items.map((item) => (
              <button
                key={item.key}
                type="button"
                role={item.checked === undefined ? "menuitem" : "menuitemradio"}
                aria-checked={item.checked}
                class="menu-item"
                data-danger={item.isDanger}
                onClick={() => {
                  close();
                  item.choose();
                }}
              >
                {item.picture}
                <span class="menu-text">
                  <span>{item.label}</span>
                  {item.hint !== undefined && <span class="hint">{item.hint}</span>}
                </span>
                {item.checked === true && <Icon name="check" />}
              </button>
            ))}
          </div>
        </Popup>
      )}
    </>
  );
}

function entries(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>(".menu-item") ?? [])];
}
