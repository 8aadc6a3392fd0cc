import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { BlockList } from "../blocks/block-list.tsx";
import { doAs } from "../call-page.ts";
import { enteredIn } from "../elements/press-element.ts";
import { isComposing } from "../is-composing.ts";
import { usePage } from "../page-store.ts";
import type { View } from "../slack-shapes.ts";
import { plainOf } from "../text/slack-text.tsx";
import { useTexts } from "../texts.ts";
import { Icon } from "./icon.tsx";

/** The top modal; those below it wait with what was entered. */
export function ViewStack() {
  const top = usePage((state) => state.views.at(-1));
  return top ? <Modal key={top.id} view={top} /> : null;
}

const noErrors: Readonly<Record<string, string>> = {};

function Modal({ view }: { readonly view: View }) {
  const texts = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const running = useRef(false);
  const [isWaiting, setWaiting] = useState(false);
  const [errors, setErrors] = useState(noErrors);
  const [failed, setFailed] = useState(false);
  const depth = usePage((state) => state.views.length);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    dialog.current
      ?.querySelector<HTMLElement>(".dialog-body input, .dialog-body textarea, .dialog-body button")
      ?.focus();
    // Closing gives the focus back to where it was.
    return () => element?.close();
  }, []);
  useEffect(() => {
    const wrong = dialog.current?.querySelector<HTMLElement>("[data-invalid=true] [aria-invalid=true]");
    wrong?.focus();
  }, [errors]);
  // Another content of the same view: what was wrong with the one before is no more.
  useEffect(() => setErrors(noErrors), [view.hash]);
  const place = { view_id: view.id };
  const surface = {
    kind: "modal",
    key: view.id,
    place,
    blocks: view.blocks,
    known: view.state.values,
    errors,
  } as const;
  const submit = async () => {
    if (running.current || !view.submit) return;
    running.current = true;
    setWaiting(true);
    setFailed(false);
    const answer = await doAs("submit", { ...place, values: enteredIn(surface) });
    running.current = false;
    setWaiting(false);
    setErrors((answer["errors"] as Record<string, string> | undefined) ?? noErrors);
    setFailed(!answer.ok);
  };
  const close = (all = false) => void doAs("close", { ...place, ...(all ? { all: true } : {}) });
  const onKeyDown = (event: KeyboardEvent) => {
    const isField = event.target instanceof HTMLInputElement;
    if (event.key !== "Enter" || event.defaultPrevented || isComposing(event)) return;
    if (isField || event.ctrlKey || event.metaKey) {
      event.preventDefault();
      void submit();
    }
  };
  return (
    <dialog
      ref={dialog}
      class="dialog modal"
      aria-labelledby="modal-title"
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onKeyDown={onKeyDown}
    >
      <header class="modal-head">
        <span class="avatar avatar-bot" aria-hidden="true" />
        <h2 id="modal-title" class="dialog-title">
          {plainOf(view.title)}
        </h2>
        <button type="button" class="icon-button" aria-label={texts.close} onClick={() => close(depth > 1)}>
          <Icon name="close" />
        </button>
      </header>
      <div class="dialog-body">
        {failed && (
          <div class="block-alert" data-level="error" role="alert">
            {texts.submitFailed}
          </div>
        )}
        <BlockList
          kind="modal"
          surfaceKey={view.id}
          place={place}
          blocks={view.blocks}
          known={view.state.values}
          errors={errors}
        />
      </div>
      <footer class="dialog-buttons">
        <button type="button" class="button" onClick={() => close()}>
          {plainOf(view.close ?? undefined) || texts.cancel}
        </button>
        {view.submit && (
          <button
            type="button"
            class="button"
            data-style="primary"
            data-waiting={isWaiting}
            aria-busy={isWaiting}
            onClick={() => void submit()}
          >
            {plainOf(view.submit)}
          </button>
        )}
      </footer>
    </dialog>
  );
}
