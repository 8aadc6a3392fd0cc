import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../chrome/icon.tsx";
import { MenuButton } from "../chrome/menu-button.tsx";
import { Popup } from "../chrome/popup.tsx";
import { doAs } from "../call-page.ts";
import { OptionList } from "../elements/option-list.tsx";
import { isComposing } from "../is-composing.ts";
import { usePage } from "../page-store.ts";
import type { Channel } from "../slack-shapes.ts";
import { useTexts } from "../texts.ts";
import { drafts } from "./drafts.ts";
import { sendTyped } from "./send-typed.ts";
import { useCompletion } from "./use-completion.ts";

interface ComposerProps {
  readonly channel: Channel;
  readonly thread: string | undefined;
  readonly placeholder: string;
}

/** Where people write: Enter sends, Shift+Enter breaks the line, `/`, `@`, `#` and `:` offer what there is. */
export function Composer({ channel, thread, placeholder }: ComposerProps) {
  const texts = useTexts();
  const box = useRef<HTMLTextAreaElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const actingAs = usePage((state) => state.actingAs);
  const shortcuts = usePage((state) => state.shortcuts);
  const draftKey = `${actingAs} ${channel.id} ${thread ?? ""}`;
  const [text, setText] = useState(() => drafts.read(draftKey));
  const [broadcast, setBroadcast] = useState(false);
  const change = (value: string) => {
    setText(value);
    drafts.write(draftKey, value);
  };
  const completion = useCompletion(box, text, thread === undefined);
  const listId = `completion-${thread ?? "channel"}`;
  useLayoutEffect(() => {
    setText(drafts.read(draftKey));
    if (matchMedia("(pointer: fine)").matches) box.current?.focus({ preventScroll: true });
  }, [draftKey]);
  useLayoutEffect(() => {
    const area = box.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, 240)}px`;
  }, [text]);
  const send = async () => {
    // The field itself says what is sent and is emptied at once, so that a second Enter finds nothing.
    const typed = box.current?.value ?? "";
    if (typed.trim() === "") return;
    if (box.current) box.current.value = "";
    change("");
    setBroadcast(false);
    const done = await sendTyped(typed, channel.id, thread, broadcast);
    if (!done && box.current?.value === "") change(typed);
  };
  const apply = (index: number) => {
    const next = completion.take(index);
    const area = box.current;
    if (!next || !area) return;
    // At once, not with the next drawing: whoever types on must find the caret where it belongs.
    area.value = next.text;
    area.focus();
    area.setSelectionRange(next.caret, next.caret);
    change(next.text);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    if (completion.options.length > 0 && completion.onKey(event, apply)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void send();
  };
  const global = shortcuts.filter((shortcut) => shortcut.type === "global");
  return (
    <div class="composer" ref={frame}>
      <textarea
        ref={box}
        rows={1}
        value={text}
        placeholder={placeholder}
        aria-label={placeholder}
        aria-autocomplete="list"
        aria-controls={completion.options.length > 0 ? listId : undefined}
        aria-activedescendant={completion.options.length > 0 ? `${listId}-${completion.active}` : undefined}
        onInput={(event) => {
          change(event.currentTarget.value);
          completion.look();
        }}
        onKeyDown={onKeyDown}
        onKeyUp={(event) =>
          event.key.startsWith("Arrow") && completion.options.length === 0 && completion.look()
        }
        onClick={completion.look}
        onBlur={completion.close}
      />
      <div class="composer-bar">
        {global.length > 0 && (
          <MenuButton
            class="icon-button"
            label={texts.shortcuts}
            align="start"
            items={global.map((shortcut) => ({
              key: shortcut.callback_id,
              label: shortcut.name,
              hint: "Jibsa",
              choose: () => void doAs("shortcut", { callback_id: shortcut.callback_id }),
            }))}
          >
            <Icon name="lightning" />
          </MenuButton>
        )}
        {thread !== undefined && !channel.is_im && (
          <label class="choice composer-broadcast">
            <input
              type="checkbox"
              checked={broadcast}
              onChange={(event) => setBroadcast(event.currentTarget.checked)}
            />
            <span>{texts.alsoSend(`#${channel.name}`)}</span>
          </label>
        )}
        <span class="composer-hint">{texts.composerHint}</span>
        <button
          type="button"
          class="send-button"
          aria-label={texts.send}
          title={texts.send}
          disabled={text.trim() === ""}
          onClick={() => void send()}
        >
          <Icon name="send" />
        </button>
      </div>
      {completion.options.length > 0 && (
        <Popup anchor={frame} side="above" matchWidth onClose={completion.close}>
          <OptionList
            id={listId}
            label={completion.label}
            options={completion.options}
            active={completion.active}
            onChoose={(option) => apply(completion.options.indexOf(option))}
          />
        </Popup>
      )}
    </div>
  );
}
