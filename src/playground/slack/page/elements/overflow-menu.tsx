import { Icon } from "../chrome/icon.tsx";
import { MenuButton } from "../chrome/menu-button.tsx";
import { plainOf, SlackText } from "../text/slack-text.tsx";
import { safeUrl } from "../text/text-node.ts";
import { useTexts } from "../texts.ts";
import { pressElement } from "./press-element.ts";
import { useSurface } from "./surface.ts";
import type { FieldProps } from "./use-field.ts";

export function OverflowMenu({ block, element }: FieldProps) {
  const texts = useTexts();
  const surface = useSurface();
  const items = (element.options ?? []).map((option) => ({
    key: option.value,
    label: plainOf(option.text),
    ...(option.description ? { hint: <SlackText text={option.description} /> } : {}),
    choose: () => {
      const url = option.url === undefined ? undefined : safeUrl(option.url);
      if (url !== undefined) window.open(url, "_blank", "noopener,noreferrer");
      void pressElement(surface, block, element, { selected: option.value });
    },
  }));
  return (
    <MenuButton class="button button-square" label={texts.moreActions} items={items}>
      <Icon name="more" />
    </MenuButton>
  );
}
