import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

interface PopupProps {
  /** What it hangs at. */
  readonly anchor: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
  readonly align?: "start" | "end";
  readonly side?: "below" | "above";
  readonly matchWidth?: boolean;
  readonly class?: string;
  readonly children: ComponentChildren;
}

const distance = 4;

/** A box beside its anchor, inside the window, over everything that scrolls. A click elsewhere closes it. */
export function Popup({
  anchor,
  onClose,
  align = "start",
  side = "below",
  matchWidth,
  children,
  ...rest
}: PopupProps) {
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<Record<string, string>>({ opacity: "0" });
  const close = useRef(onClose);
  close.current = onClose;
  useLayoutEffect(() => {
    const position = () => {
      const at = anchor.current?.getBoundingClientRect();
      const own = box.current?.getBoundingClientRect();
      if (!at || !own) return;
      const below = innerHeight - at.bottom - distance * 2;
      const above = at.top - distance * 2;
      const goesUp =
        side === "above" ? above >= Math.min(own.height, 200) : own.height > below && above > below;
      const width = matchWidth === true ? Math.max(at.width, own.width) : own.width;
      const left = align === "end" ? at.right - width : at.left;
      setPlace({
        left: `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`,
        maxHeight: `${Math.max(120, goesUp ? above : below)}px`,
        ...(goesUp
          ? { bottom: `${innerHeight - at.top + distance}px` }
          : { top: `${at.bottom + distance}px` }),
        ...(matchWidth === true ? { minWidth: `${at.width}px` } : {}),
      });
    };
    position();
    const observer = new ResizeObserver(position);
    if (box.current) observer.observe(box.current);
    addEventListener("resize", position);
    addEventListener("scroll", position, true);
    return () => {
      observer.disconnect();
      removeEventListener("resize", position);
      removeEventListener("scroll", position, true);
    };
  }, [align, side, matchWidth]);
  useEffect(() => {
    const onPress = (event: Event) => {
      const target = event.target as Node;
      if (box.current?.contains(target) || anchor.current?.contains(target)) return;
      close.current();
    };
    addEventListener("pointerdown", onPress, true);
    return () => removeEventListener("pointerdown", onPress, true);
  }, []);
  return (
    <div ref={box} class={`popup ${rest.class ?? ""}`} style={place}>
      {children}
    </div>
  );
}
