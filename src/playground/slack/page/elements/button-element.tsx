import { useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "../chrome/icon.tsx";
import { usePage } from "../page-store.ts";
import { plainOf } from "../text/slack-text.tsx";
import { safeUrl } from "../text/text-node.ts";
import { pressElement } from "./press-element.ts";
import { useSurface } from "./surface.ts";
import type { FieldProps } from "./use-field.ts";

const iconNames: Readonly<Record<string, IconName | undefined>> = { trash: "trash" };

/** A button with text or an icon. It cannot be pressed again while the app has not answered. */
export function ButtonElement({ block, element }: FieldProps) {
  const surface = useSurface();
  const me = usePage((state) => state.me?.id ?? "");
  const [isWaiting, setWaiting] = useState(false);
  const running = useRef(false);
  if (element.visible_to_user_ids && !element.visible_to_user_ids.includes(me)) return null;
  const url = element.url === undefined ? undefined : safeUrl(element.url);
  const press = async () => {
    if (running.current) return;
    running.current = true;
    try {
      await pressElement(surface, block, element, { value: element.value }, () => {
        setWaiting(true);
        if (url !== undefined) window.open(url, "_blank", "noopener,noreferrer");
      });
    } finally {
      running.current = false;
      setWaiting(false);
    }
  };
  const icon = element.type === "icon_button" ? (iconNames[element.icon ?? ""] ?? "more") : undefined;
  const label = element.accessibility_label ?? (icon ? plainOf(element.text) : undefined);
  return (
    <button
      type="button"
      class={icon ? "icon-button" : "button"}
      data-style={element.style}
      data-waiting={isWaiting}
      aria-busy={isWaiting}
      aria-label={label}
      title={icon ? label : undefined}
      onClick={() => void press()}
    >
      {icon ? <Icon name={icon} /> : plainOf(element.text)}
      {url !== undefined && <Icon name="external" />}
    </button>
  );
}
