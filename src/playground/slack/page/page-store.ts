import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ConfirmObject } from "./block-shapes.ts";
import type {
  Channel,
  ElementValues,
  Message,
  Person,
  Session,
  Shortcut,
  SlashCommand,
  TrafficEntry,
  UserGroup,
  View,
} from "./slack-shapes.ts";

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly kind: "error" | "info";
}

export interface Question {
  readonly confirm: ConfirmObject;
  readonly answer: (yes: boolean) => void;
}

/** Messages of one channel by timestamp: top level, replies, and the reader's own ephemeral ones. */
export type ChannelMessages = ReadonlyMap<string, Message>;

/** Everything that is on screen. */
export interface PageState {
  /** Name of the person who acts; empty until it is known. */
  readonly actingAs: string;
  readonly me: Person | undefined;
  readonly people: ReadonlyMap<string, Person>;
  readonly groups: readonly UserGroup[];
  readonly channels: readonly Channel[];
  readonly sessions: ReadonlyMap<string, Session>;
  readonly commands: readonly SlashCommand[];
  readonly shortcuts: readonly Shortcut[];
  readonly views: readonly View[];
  readonly home: View | undefined;
  readonly appConnected: boolean;
  readonly pageConnected: boolean;
  readonly channel: string;
  readonly tab: "messages" | "home";
  readonly thread: string | undefined;
  /** The message that a permalink named. */
  readonly highlighted: string | undefined;
  readonly messages: ReadonlyMap<string, ChannelMessages>;
  /** Channels and threads that have been loaded since the page connected. */
  readonly loaded: ReadonlySet<string>;
  /** Channel -> timestamp up to which the acting person has read. */
  readonly readUpTo: Readonly<Record<string, string>>;
  /** Channel -> where the line "New" stands since it was opened. */
  readonly newSince: Readonly<Record<string, string>>;
  readonly mentions: Readonly<Record<string, number>>;
  /** What was entered into fields: a view's id or a message's place -> block -> action -> Slack's value object. */
  readonly entered: ReadonlyMap<string, ElementValues>;
  readonly toasts: readonly Toast[];
  readonly question: Question | undefined;
  readonly traffic: readonly TrafficEntry[];
  readonly inspecting: boolean;
  readonly sidebarOpen: boolean;
}

const empty: PageState = {
  actingAs: "",
  me: undefined,
  people: new Map(),
  groups: [],
  channels: [],
  sessions: new Map(),
  commands: [],
  shortcuts: [],
  views: [],
  home: undefined,
  appConnected: false,
  pageConnected: false,
  channel: "",
  tab: "messages",
  thread: undefined,
  highlighted: undefined,
  messages: new Map(),
  loaded: new Set(),
  readUpTo: {},
  newSince: {},
  mentions: {},
  entered: new Map(),
  toasts: [],
  question: undefined,
  traffic: [],
  inspecting: false,
  sidebarOpen: false,
};

let state = empty;
const listeners = new Set<() => void>();

/** The one place where the page's state lives. */
export const pageStore = {
  get: (): PageState => state,
  set: (change: Partial<PageState>): void => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  },
  /** Forgets what belongs to one person, before another acts. */
  restart: (actingAs: string): void => {
    const { inspecting, channel, tab, thread, highlighted } = state;
    pageStore.set({ ...empty, actingAs, inspecting, channel, tab, thread, highlighted });
  },
};

/** A part of the state; redraws when it becomes another value. `select` must not build new objects. */
export function usePage<Value>(select: (state: PageState) => Value): Value {
  const [, redraw] = useState(0);
  const value = select(state);
  const latest = useRef({ select, value });
  latest.current = { select, value };
  useLayoutEffect(() => {
    const check = () => {
      const { select: read, value: shown } = latest.current;
      if (!Object.is(read(state), shown)) redraw((count) => count + 1);
    };
    listeners.add(check);
    check();
    return () => void listeners.delete(check);
  }, []);
  return value;
}
