import { pageStore } from "./page-store.ts";
import { showToast } from "./toasts.ts";

export type Answer = Readonly<Record<string, unknown>> & { readonly ok: boolean };

/** Does something as the acting person. Says on screen what the server refused; what the app failed at comes as a notice. */
export async function doAs(name: string, body: Readonly<Record<string, unknown>>): Promise<Answer> {
  const answer = await call(`/_page/${name}`, {
    method: "POST",
    body: JSON.stringify({ user: pageStore.get().actingAs, ...body }),
  });
  if (!answer.ok && typeof answer["message"] === "string") showToast(answer["message"]);
  return answer;
}

/** Reads what the acting person sees. */
export function readAs(name: string, query: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const all = new URLSearchParams({ user: pageStore.get().actingAs, ...query });
  return call(`/_page/${name}?${all.toString()}`);
}

async function call(path: string, init: RequestInit = {}): Promise<Answer> {
  try {
    const response = await fetch(path, init);
    return (await response.json()) as Answer;
  } catch {
    return { ok: false, error: "unreachable", message: "The playground does not answer." };
  }
}
