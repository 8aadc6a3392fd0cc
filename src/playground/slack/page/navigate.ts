import { doAs } from "./call-page.ts";
import { loadOpen } from "./load-workspace.ts";
import { pageStore, type PageState } from "./page-store.ts";
import { isUnread, markRead } from "./read-marks.ts";

export type Place = Pick<PageState, "channel" | "tab" | "thread" | "highlighted">;

/** Goes to a channel, a thread in it, or the app's Home, and says so in the address bar. */
export function goTo(place: Partial<Place> & Pick<Place, "channel">): void {
  const next: Place = { tab: "messages", thread: undefined, highlighted: undefined, ...place };
  showPlace(next);
  history.pushState(null, "", addressOf(next));
}

export function openThread(channel: string, thread: string): void {
  const { tab, highlighted } = pageStore.get();
  goTo({ channel, thread, tab, highlighted });
}

export function closeThread(): void {
  const { channel, tab } = pageStore.get();
  goTo({ channel, tab });
}

/** Goes where the address bar points. */
export function followAddress(): void {
  showPlace(readAddress(new URL(location.href)) ?? { ...pageStore.get(), thread: undefined });
}

function showPlace(place: Place): void {
  const { channels, readUpTo, channel: previous, newSince, tab, me } = pageStore.get();
  const channel = channels.find((item) => item.id === place.channel);
  const opened = place.channel !== previous || place.tab !== tab;
  const line = channel && isUnread(channel, readUpTo) ? readUpTo[channel.id] : undefined;
  const lines = Object.fromEntries(Object.entries(newSince).filter(([id]) => !opened || id !== previous));
  pageStore.set({
    ...place,
    sidebarOpen: false,
    newSince: line === undefined ? lines : { ...lines, [place.channel]: line },
  });
  if (!me) return;
  if (place.tab === "messages") markRead(place.channel);
  void loadOpen();
  // Slack tells the app each time somebody opens its Home or its messages.
  if (opened && channel?.is_im) void doAs("home", { tab: place.tab });
}

/** The place that an address names; undefined when it names none. */
export function readAddress(url: URL): Place | undefined {
  const match = /^\/archives\/(\w+)(?:\/p(\d+)(\d{6}))?$/.exec(url.pathname);
  if (!match) return undefined;
  const message = match[2] === undefined ? undefined : `${match[2]}.${match[3]}`;
  const named = url.searchParams.get("thread_ts") ?? undefined;
  const isThread = named !== undefined && /^\d+\.\d+$/.test(named);
  return {
    channel: match[1] ?? "",
    tab: url.searchParams.get("tab") === "home" ? "home" : "messages",
    thread: isThread ? named : undefined,
    highlighted: message,
  };
}

function addressOf(place: Place): string {
  const query = new URLSearchParams({ as: pageStore.get().actingAs });
  if (place.tab === "home") query.set("tab", "home");
  if (place.thread !== undefined) query.set("thread_ts", place.thread);
  const message = place.highlighted === undefined ? "" : `/p${place.highlighted.replace(".", "")}`;
  return `/archives/${place.channel}${message}?${query.toString()}`;
}

/** The address of a message, as Slack makes it. */
export function permalinkOf(channel: string, ts: string, threadTs: string | undefined): string {
  const thread = threadTs === undefined || threadTs === ts ? "" : `?thread_ts=${threadTs}&cid=${channel}`;
  return `${location.origin}/archives/${channel}/p${ts.replace(".", "")}${thread}`;
}
