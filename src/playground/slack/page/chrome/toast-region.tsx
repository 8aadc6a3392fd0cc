import { useLayoutEffect, useRef } from "preact/hooks";
import { usePage } from "../page-store.ts";
import { useTexts } from "../texts.ts";
import { dismissToast } from "../toasts.ts";
import { Icon } from "./icon.tsx";

/** Short notices, above everything. */
export function ToastRegion() {
  const texts = useTexts();
  const toasts = usePage((state) => state.toasts);
  const region = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    // A popover opened last lies over an open dialog too.
    region.current?.hidePopover();
    if (toasts.length > 0) region.current?.showPopover();
  }, [toasts]);
  return (
    <div ref={region} class="toasts" popover="manual" role="status" aria-live="assertive">
      {toasts.map((toast) => (
        <div key={toast.id} class="toast" data-kind={toast.kind}>
          <span>{toast.text}</span>
          <button
            type="button"
            class="icon-button"
            aria-label={texts.close}
            onClick={() => dismissToast(toast.id)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
