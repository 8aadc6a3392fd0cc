import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Block } from "../block-shapes.ts";
import { BlockElementView } from "../elements/block-element.tsx";
import { SlackText } from "../text/slack-text.tsx";
import { useTexts } from "../texts.ts";

const foldedAbove = 700;

/** Text, fields in two columns, and one element beside them. Long text is folded as in Slack, unless `expand` is set. */
export function Section({ block }: { readonly block: Block & { readonly expand?: boolean } }) {
  const accessory = block.accessory;
  return (
    <div class="block-section" data-accessory={accessory?.type}>
      <div class="section-text">
        {block.text !== undefined && (
          <Foldable
            isAlwaysOpen={block.expand === true}
            length={typeof block.text === "string" ? 0 : block.text.text.length}
          >
            <SlackText text={block.text} />
          </Foldable>
        )}
        {block.fields && (
          <div class="section-fields">
            {block.fields.map((field, index) => (
              <div key={index}>
                <SlackText text={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {accessory && (
        <div class="section-accessory">
          <BlockElementView block={block} element={accessory} label="" />
        </div>
      )}
    </div>
  );
}

interface FoldableProps {
  readonly isAlwaysOpen: boolean;
  readonly length: number;
  readonly children: preact.ComponentChildren;
}

function Foldable({ isAlwaysOpen, length, children }: FoldableProps) {
  const texts = useTexts();
  const [isOpen, setOpen] = useState(false);
  const [overflows, setOverflows] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const mayFold = !isAlwaysOpen && length > foldedAbove;
  useLayoutEffect(() => {
    const element = box.current;
    if (element && mayFold && !isOpen) setOverflows(element.scrollHeight > element.clientHeight + 8);
  }, [length, mayFold, isOpen]);
  if (!mayFold) return <div>{children}</div>;
  return (
    <div>
      <div ref={box} class="foldable" data-open={isOpen}>
        {children}
      </div>
      {(overflows || isOpen) && (
        <button type="button" class="link-button" onClick={() => setOpen(!isOpen)}>
          {isOpen ? texts.showLess : texts.showMore}
        </button>
      )}
    </div>
  );
}
