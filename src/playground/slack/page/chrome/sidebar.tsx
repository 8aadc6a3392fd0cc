import { goTo } from "../navigate.ts";
import { usePage } from "../page-store.ts";
import { isUnread } from "../read-marks.ts";
import type { Channel } from "../slack-shapes.ts";
import { useTexts } from "../texts.ts";
import { Avatar } from "./avatar.tsx";
import { Icon } from "./icon.tsx";

/** The acting person's channels and the app. */
export function Sidebar() {
  const texts = useTexts();
  const channels = usePage((state) => state.channels);
  return (
    <nav class="sidebar" aria-label={texts.channels}>
      <div class="workspace-name">Jibsa</div>
      <h2 class="sidebar-title">{texts.channels}</h2>
      <ul>
        {channels
          .filter((channel) => !channel.is_im)
          .map((channel) => (
            <ChannelLink key={channel.id} channel={channel} />
          ))}
      </ul>
      <h2 class="sidebar-title">{texts.apps}</h2>
      <ul>
        {channels
          .filter((channel) => channel.is_im)
          .map((channel) => (
            <ChannelLink key={channel.id} channel={channel} />
          ))}
      </ul>
    </nav>
  );
}

function ChannelLink({ channel }: { readonly channel: Channel }) {
  const isOpen = usePage((state) => state.channel === channel.id);
  const unread = usePage((state) => isUnread(channel, state.readUpTo));
  const mentions = usePage((state) => state.mentions[channel.id] ?? 0);
  const bot = usePage((state) => (channel.is_im ? botOf(state.people.values()) : undefined));
  return (
    <li>
      <button
        type="button"
        class="channel-link"
        aria-current={isOpen ? "page" : undefined}
        data-unread={unread || mentions > 0}
        onClick={() => goTo({ channel: channel.id })}
      >
        {channel.is_im ? (
          <Avatar person={bot} />
        ) : (
          <span class="channel-sign">{channel.is_private === true ? <Icon name="lock" /> : "#"}</span>
        )}
        <span class="channel-name">{channel.is_im ? (bot?.real_name ?? "Jibsa") : channel.name}</span>
        {mentions > 0 && <span class="badge">{mentions}</span>}
      </button>
    </li>
  );
}

function botOf<Person extends { readonly is_bot: boolean }>(people: Iterable<Person>): Person | undefined {
  return [...people].find((person) => person.is_bot);
}
