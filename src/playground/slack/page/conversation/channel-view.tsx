import { useMemo } from "preact/hooks";
import { Avatar } from "../chrome/avatar.tsx";
import { Icon } from "../chrome/icon.tsx";
import { doAs } from "../call-page.ts";
import { topLevel } from "../keep-messages.ts";
import { goTo } from "../navigate.ts";
import { usePage } from "../page-store.ts";
import type { Channel } from "../slack-shapes.ts";
import { useTexts } from "../texts.ts";
import { Composer } from "./composer.tsx";
import { HomeView } from "./home-view.tsx";
import { MessageList } from "./message-list.tsx";
import { SessionStatus } from "./session-status.tsx";

/** The open channel, or the app's messages and Home. */
export function ChannelView() {
  const id = usePage((state) => state.channel);
  const channel = usePage((state) => state.channels.find((item) => item.id === state.channel));
  const tab = usePage((state) => state.tab);
  if (!channel) return <main class="channel" />;
  return (
    <main class="channel" aria-label={channel.is_im ? "Jibsa" : `#${channel.name}`}>
      <ChannelHead channel={channel} tab={tab} />
      {channel.is_im && tab === "home" ? <HomeView /> : <Messages key={id} channel={channel} />}
    </main>
  );
}

function ChannelHead({ channel, tab }: { readonly channel: Channel; readonly tab: "messages" | "home" }) {
  const texts = useTexts();
  const bot = usePage((state) => [...state.people.values()].find((person) => person.is_bot));
  const startThread = async () => {
    const answer = await doAs("assistant", { channel: channel.id });
    if (answer.ok) goTo({ channel: channel.id, thread: String(answer["thread_ts"]) });
  };
  return (
    <header class="channel-head">
      <h1>
        {channel.is_im ? <Avatar person={bot} /> : <span class="channel-sign">#</span>}
        {channel.is_im ? (bot?.real_name ?? "Jibsa") : channel.name}
      </h1>
      {channel.is_im ? (
        <>
          <div class="tabs" role="tablist">
            {(["home", "messages"] as const).map((name) => (
              <button
                key={name}
                type="button"
                role="tab"
                aria-selected={tab === name}
                class="tab"
                onClick={() => goTo({ channel: channel.id, tab: name })}
              >
                {name === "home" ? texts.home : texts.messages}
              </button>
            ))}
          </div>
          <button type="button" class="button head-button" onClick={() => void startThread()}>
            <Icon name="plus" />
            <span>{texts.newAssistantThread}</span>
          </button>
        </>
      ) : (
        <>
          <span class="channel-purpose">{channel.purpose?.value}</span>
          <span class="channel-members">{texts.members(channel.members.length)}</span>
        </>
      )}
    </header>
  );
}

function Messages({ channel }: { readonly channel: Channel }) {
  const texts = useTexts();
  const kept = usePage((state) => state.messages.get(channel.id));
  const line = usePage((state) => state.newSince[channel.id]);
  const isLoaded = usePage((state) => state.loaded.has(channel.id));
  const messages = useMemo(() => topLevel(kept), [kept]);
  const name = channel.is_im ? "Jibsa" : `#${channel.name}`;
  return (
    <>
      <MessageList
        messages={messages}
        newSince={line}
        isLoaded={isLoaded}
        label={texts.messages}
        start={<p class="channel-start">{texts.emptyChannel(name)}</p>}
      />
      <SessionStatus channel={channel.id} thread={undefined} />
      <Composer channel={channel} thread={undefined} placeholder={texts.messageTo(name)} />
    </>
  );
}
