import type { Block } from "../block-shapes.ts";
import { BlockElementView } from "../elements/block-element.tsx";
import { useField } from "../elements/use-field.ts";
import { plainOf } from "../text/slack-text.tsx";
import { useTexts } from "../texts.ts";

/** A labelled field, with its hint and what is wrong with it. */
export function InputBlock({ block }: { readonly block: Block }) {
  const texts = useTexts();
  const element = block.element ?? { type: "plain_text_input" };
  const field = useField({ block, element });
  const label = plainOf(block.label);
  return (
    <div class="block-input" data-invalid={field.error !== undefined}>
      <label class="input-label" htmlFor={field.id}>
        {label} {block.optional === true && <span class="hint">{texts.optional}</span>}
      </label>
      <BlockElementView block={block} element={element} label={label} />
      {field.error !== undefined && (
        <div class="input-error" id={`${field.id}-error`} role="alert">
          {field.error}
        </div>
      )}
      {block.hint && <div class="hint">{plainOf(block.hint)}</div>}
    </div>
  );
}
