import { useState } from "preact/hooks";
import { Icon } from "../chrome/icon.tsx";
import { plainOf } from "../text/slack-text.tsx";
import { pressElement } from "./press-element.ts";
import { useSurface } from "./surface.ts";
import type { FieldProps } from "./use-field.ts";

/** Thumbs up and down under an answer. */
export function FeedbackButtons({ block, element }: FieldProps) {
  const surface = useSurface();
  const [given, setGiven] = useState<string>();
  const halves = [
    { half: element.positive_button, icon: "up" },
    { half: element.negative_button, icon: "down" },
  ] as const;
  return (
    <span class="feedback-buttons">
      {halves.map(({ half, icon }) => {
        if (!half) return null;
        const label = half.accessibility_label ?? plainOf(half.text);
        const press = () =>
          pressElement(surface, block, element, { value: half.value }, () => setGiven(half.value));
        return (
          <button
            key={icon}
            type="button"
            class="icon-button"
            aria-label={label}
            title={plainOf(half.text)}
            aria-pressed={given === half.value}
            onClick={() => void press()}
          >
            <Icon name={icon} />
          </button>
        );
      })}
    </span>
  );
}
