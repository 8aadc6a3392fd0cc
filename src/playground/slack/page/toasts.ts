import { pageStore, type Toast } from "./page-store.ts";

const shownMs = 8_000;
let nextId = 1;

/** Shows a short notice; the same words are shown once. */
export function showToast(text: string, kind: Toast["kind"] = "error"): void {
  const id = nextId++;
  const others = pageStore.get().toasts.filter((toast) => toast.text !== text);
  pageStore.set({ toasts: [...others, { id, text, kind }].slice(-4) });
  setTimeout(() => dismissToast(id), shownMs);
}

export function dismissToast(id: number): void {
  pageStore.set({ toasts: pageStore.get().toasts.filter((toast) => toast.id !== id) });
}
