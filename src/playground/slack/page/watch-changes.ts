import { loadWorkspace, sessionKey } from "./load-workspace.ts";
import { dropMessage, isReply, keepMessages } from "./keep-messages.ts";
import { pageStore } from "./page-store.ts";
import { markRead } from "./read-marks.ts";
import type { Message, Session, TrafficEntry, View } from "./slack-shapes.ts";
import { showToast } from "./toasts.ts";

let source: EventSource | undefined;
const keptTraffic = 500;

/** Follows the workspace as that person. The browser connects again by itself; every connection starts by loading all. */
export function watchChanges(person: string, onUnknownPerson: () => void): void {
  source?.close();
  const events = new EventSource(`/_page/events?user=${encodeURIComponent(person)}`);
  source = events;
  const on = (type: string, handle: (data: never) => void) =>
    events.addEventListener(type, (event) => {
      if (source === events) handle(JSON.parse(event.data as string) as never);
    });
  const reload = () =>
    void loadWorkspace().then((known) => {
      if (!known && source === events) onUnknownPerson();
    });
  on("ready", reload);
  on("channels", reload);
  on("people", reload);
  on("message", ({ channel, message }: { channel: string; message: Message }) => receive(channel, message));
  on("message_deleted", ({ channel, ts }: { channel: string; ts: string }) => dropMessage(channel, ts));
  on("session", (session: Session) =>
    pageStore.set({ sessions: new Map(pageStore.get().sessions).set(sessionKey(session), session) }),
  );
  on("views", ({ views }: { views: View[] }) => pageStore.set({ views }));
  on("home", ({ view }: { view: View }) => pageStore.set({ home: view }));
  on("notice", ({ text }: { text: string }) => showToast(text));
  on("connection", ({ connections }: { connections: number }) =>
    pageStore.set({ appConnected: connections > 0 }),
  );
  on("traffic", (entry: TrafficEntry) =>
    pageStore.set({ traffic: [...pageStore.get().traffic, entry].slice(-keptTraffic) }),
  );
  events.addEventListener("error", () => {
    if (source !== events) return;
    pageStore.set({ pageConnected: false });
    // A refused stream stays closed: the person does not exist.
    if (events.readyState === EventSource.CLOSED) reload();
  });
}

function receive(channelId: string, message: Message): void {
  const { messages, channels, me, channel, tab, mentions } = pageStore.get();
  const isNew = messages.get(channelId)?.has(message.ts) !== true;
  keepMessages(channelId, [message]);
  if (!isNew || message.is_ephemeral === true) return;
  const isOpen = channelId === channel && tab === "messages" && document.visibilityState === "visible";
  if (!isReply(message) || message.subtype === "thread_broadcast") {
    const moved = channels.map((item) =>
      item.id === channelId && message.ts > (item.latest ?? "0") ? { ...item, latest: message.ts } : item,
    );
    pageStore.set({ channels: moved });
    if (isOpen || message.user === me?.id) markRead(channelId);
  }
  const isForMe = channelId.startsWith("D") || (me !== undefined && message.text.includes(`<@${me.id}>`));
  if (isForMe && !isOpen && message.user !== me?.id)
    pageStore.set({ mentions: { ...mentions, [channelId]: (mentions[channelId] ?? 0) + 1 } });
}
