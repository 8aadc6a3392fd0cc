import type { AppDelivery } from "./app-delivery.ts";
import type { MessageRenderer } from "./render-message.ts";
import type { MessageStore } from "./message-store.ts";
import { newId } from "./new-id.ts";
import type { PlaygroundClock } from "./playground-clock.ts";
import { teamOf } from "./render-people.ts";
import type { Workspace } from "./workspace.ts";
import { app, team } from "./workspace-seed.ts";
import type { Fields } from "./wire-fields.ts";
import type { Channel, Message, Person } from "./workspace-types.ts";

export interface EventSenderParts {
  readonly delivery: AppDelivery;
  readonly workspace: Workspace;
  readonly messages: MessageStore;
  readonly renderer: MessageRenderer;
  readonly clock: PlaygroundClock;
  readonly verificationToken: string;
}

/** Builds Slack's events and hands them to the delivery. Events of channels the bot is not in are not sent. */
export class EventSender {
  readonly #parts: EventSenderParts;

  constructor(parts: EventSenderParts) {
    this.#parts = parts;
  }

  send(event: Fields & { type: string }): void {
    const eventId = newId("Ev");
    this.#parts.delivery.tell(event.type, eventId, {
      token: this.#parts.verificationToken,
      team_id: team.id,
      context_team_id: team.id,
      context_enterprise_id: null,
      api_app_id: app.id,
      event,
      type: "event_callback",
      event_id: eventId,
      event_time: Math.floor(this.#parts.clock.now() / 1_000),
      authorizations: [
        {
          enterprise_id: null,
          team_id: team.id,
          user_id: app.botUserId,
          is_bot: true,
          is_enterprise_install: false,
        },
      ],
      is_ext_shared_channel: false,
      event_context: `4-${eventId}`,
    });
  }

  /** A new message: `message`, and `app_mention` when it names the bot in a channel. The bot hears its own messages too. */
  posted(message: Message, mentionsBot: boolean): void {
    const channel = this.#heardChannel(message);
    if (!channel) return;
    const author = this.#parts.workspace.person(message.user);
    const rendered = {
      ...this.#parts.renderer.render(message),
      ...(author?.isExternal ? { user_team: teamOf(author), source_team: teamOf(author) } : {}),
      channel: message.channel,
      event_ts: message.ts,
    };
    this.send({ ...rendered, type: "message", channel_type: channel.kind });
    if (mentionsBot && channel.kind !== "im") this.send({ ...rendered, type: "app_mention" });
  }

  changed(message: Message, previous: Message): void {
    const channel = this.#heardChannel(message);
    if (!channel) return;
    const { renderer, messages } = this.#parts;
    const ts = messages.nextTs();
    this.send({
      type: "message",
      subtype: "message_changed",
      hidden: true,
      channel: message.channel,
      channel_type: channel.kind,
      message: renderer.render(message),
      previous_message: renderer.render(previous),
      ts,
      event_ts: ts,
    });
  }

  deleted(message: Message): void {
    const channel = this.#heardChannel(message);
    if (!channel) return;
    const ts = this.#parts.messages.nextTs();
    this.send({
      type: "message",
      subtype: "message_deleted",
      hidden: true,
      channel: message.channel,
      channel_type: channel.kind,
      deleted_ts: message.ts,
      previous_message: this.#parts.renderer.render(message),
      ts,
      event_ts: ts,
    });
  }

  reaction(type: "reaction_added" | "reaction_removed", user: string, name: string, message: Message): void {
    if (!this.#heardChannel(message)) return;
    const item = { type: "message", channel: message.channel, ts: message.ts };
    this.send({
      type,
      user,
      reaction: name,
      item_user: message.user,
      item,
      event_ts: this.#parts.messages.nextTs(),
    });
  }

  memberJoined(channel: Channel, user: string, inviter: string): void {
    if (!this.#parts.workspace.isMember(channel, app.botUserId)) return;
    const letter = channel.kind === "group" ? "G" : "C";
    this.send({
      type: "member_joined_channel",
      user,
      channel: channel.id,
      channel_type: letter,
      team: team.id,
      inviter,
      event_ts: this.#parts.messages.nextTs(),
    });
  }

  homeOpened(user: Person, tab: "home" | "messages", channel: string, view: Fields | undefined): void {
    this.send({
      type: "app_home_opened",
      user: user.id,
      channel,
      tab,
      ...(view ? { view } : {}),
      event_ts: this.#parts.messages.nextTs(),
    });
  }

  groupChanged(groupId: string, added: readonly string[], removed: readonly string[]): void {
    const now = Math.floor(this.#parts.clock.now() / 1_000);
    this.send({
      type: "subteam_members_changed",
      subteam_id: groupId,
      team_id: team.id,
      date_previous_update: now - 1,
      date_update: now,
      added_users: added,
      added_users_count: added.length,
      removed_users: removed,
      removed_users_count: removed.length,
      event_ts: this.#parts.messages.nextTs(),
    });
  }

  #heardChannel(message: Message): Channel | undefined {
    const channel = this.#parts.workspace.channel(message.channel);
    return channel &&
      message.ephemeralFor === undefined &&
      this.#parts.workspace.isMember(channel, app.botUserId)
      ? channel
      : undefined;
  }
}
