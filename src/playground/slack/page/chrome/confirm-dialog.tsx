import { useLayoutEffect, useRef } from "preact/hooks";
import type { ConfirmObject } from "../block-shapes.ts";
import { pageStore, usePage, type Question } from "../page-store.ts";
import { plainOf, SlackText } from "../text/slack-text.tsx";
import { useTexts } from "../texts.ts";

/** Asks before a step; false when the person thinks better of it. */
export function askFirst(confirm: ConfirmObject): Promise<boolean> {
  return new Promise((resolve) => {
    const answer = (yes: boolean) => {
      pageStore.set({ question: undefined });
      resolve(yes);
    };
    pageStore.set({ question: { confirm, answer } });
  });
}

export function ConfirmDialog() {
  const question = usePage((state) => state.question);
  return question ? <Asked question={question} /> : null;
}

function Asked({ question: { confirm, answer } }: { readonly question: Question }) {
  const texts = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // Closing gives the focus back to where it was.
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="dialog confirm-dialog"
      role="alertdialog"
      aria-labelledby="confirm-title"
      onCancel={(event) => {
        event.preventDefault();
        answer(false);
      }}
    >
      <h2 id="confirm-title" class="dialog-title">
        {plainOf(confirm.title) || texts.sure}
      </h2>
      <div class="dialog-body">
        <SlackText text={confirm.text} />
      </div>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={() => answer(false)}>
          {plainOf(confirm.deny) || texts.cancel}
        </button>
        <button
          type="button"
          class="button"
          data-style={confirm.style === "danger" ? "danger" : "primary"}
          onClick={() => answer(true)}
        >
          {plainOf(confirm.confirm) || texts.ok}
        </button>
      </div>
    </dialog>
  );
}
