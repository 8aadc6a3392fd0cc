import { doAs, readAs } from "./call-page.ts";
import { replaceListing } from "./keep-messages.ts";
import { pageStore } from "./page-store.ts";
import { markRead, readMarks } from "./read-marks.ts";
import type {
  Channel,
  Message,
  Person,
  Session,
  Shortcut,
  SlashCommand,
  TrafficEntry,
  UserGroup,
  View,
} from "./slack-shapes.ts";
import { textsFor } from "./texts.ts";
import { showToast } from "./toasts.ts";

interface WorkspaceState {
  readonly me: string;
  readonly app_connected: boolean;
  readonly people: readonly Person[];
  readonly groups: readonly UserGroup[];
  readonly channels: readonly Channel[];
  readonly sessions: readonly Session[];
  readonly commands: readonly SlashCommand[];
  readonly shortcuts: readonly Shortcut[];
  readonly views: readonly View[];
  readonly home: View | null;
}

/** Reads the workspace as the acting person sees it, and what is open now. False when there is no such person. */
export async function loadWorkspace(): Promise<boolean> {
  const answer = await readAs("state");
  if (!answer.ok) return answer["error"] !== "user_not_found";
  const state = answer as unknown as WorkspaceState;
  const people = new Map(state.people.map((person) => [person.id, person]));
  const { channel, tab, me } = pageStore.get();
  const isMember = state.channels.some((item) => item.id === channel);
  // Everybody has an own direct message with the app.
  const own = channel.startsWith("D") ? state.channels.find((item) => item.is_im) : undefined;
  const instead = own ?? state.channels[0];
  if (channel !== "" && !isMember && !own)
    showToast(textsFor(people.get(state.me)?.locale).notInChannel, "info");
  pageStore.set({
    me: people.get(state.me),
    people,
    groups: state.groups,
    channels: state.channels,
    sessions: new Map(state.sessions.map((session) => [sessionKey(session), session])),
    commands: state.commands,
    shortcuts: state.shortcuts,
    views: state.views,
    home: state.home ?? undefined,
    appConnected: state.app_connected,
    pageConnected: true,
    readUpTo: readMarks(state.me, state.channels),
    loaded: new Set(),
    ...(isMember
      ? {}
      : {
          channel: instead?.id ?? "",
          thread: undefined,
          highlighted: undefined,
          ...(own ? {} : { tab: "messages" }),
        }),
  });
  if (!me && (own ?? state.channels.find((item) => item.id === channel))?.is_im === true)
    void doAs("home", { tab });
  await loadOpen();
  return true;
}

/** Loads the open channel and thread where that has not happened since the page connected. */
export async function loadOpen(): Promise<void> {
  const { channel, thread } = pageStore.get();
  if (channel === "") return;
  await Promise.all([
    loadMessages(channel),
    ...(thread === undefined ? [] : [loadMessages(channel, thread)]),
  ]);
  markRead(channel);
}

async function loadMessages(channel: string, thread?: string): Promise<void> {
  const key = thread === undefined ? channel : `${channel}/${thread}`;
  if (pageStore.get().loaded.has(key)) return;
  const { actingAs, messages } = pageStore.get();
  const answer = await readAs("messages", {
    channel,
    ...(thread === undefined ? {} : { thread_ts: thread }),
  });
  if (!answer.ok || pageStore.get().actingAs !== actingAs) return;
  replaceListing(channel, thread, answer["messages"] as Message[], messages.get(channel));
  pageStore.set({ loaded: new Set(pageStore.get().loaded).add(key) });
}

export async function loadTraffic(): Promise<void> {
  const before = new Set(pageStore.get().traffic);
  const answer = await readAs("traffic", {});
  if (!answer.ok) return;
  const listed = answer["traffic"] as TrafficEntry[];
  const ids = new Set(listed.map(({ id }) => id));
  // What came by the stream while the list was on its way need not stand in it.
  const since = pageStore.get().traffic.filter((entry) => !before.has(entry) && !ids.has(entry.id));
  pageStore.set({ traffic: [...listed, ...since] });
}

export function sessionKey({ channel, thread_ts }: Pick<Session, "channel" | "thread_ts">): string {
  return `${channel}/${thread_ts ?? ""}`;
}
