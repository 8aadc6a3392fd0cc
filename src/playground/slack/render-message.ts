import type { FileStore } from "./file-store.ts";
import type { MessageStore } from "./message-store.ts";
import { app, team } from "./workspace-seed.ts";
import { compact, type Fields } from "./wire-fields.ts";
import type { Message } from "./workspace-types.ts";

/** Makes Slack's message objects of what the workspace keeps. */
export class MessageRenderer {
  readonly #messages: MessageStore;
  readonly #files: FileStore;

  constructor(messages: MessageStore, files: FileStore) {
    this.#messages = messages;
    this.#files = files;
  }

  /** Metadata is in it only when it was asked for. */
  render(message: Message, includeMetadata = false): Fields {
    return compact({
      type: "message",
      subtype: message.subtype ?? (message.broadcast ? "thread_broadcast" : undefined),
      user: message.user,
      bot_id: message.fromApp ? app.botId : undefined,
      app_id: message.fromApp ? app.id : undefined,
      bot_profile: message.fromApp ? botProfile : undefined,
      username: message.username,
      icons: message.icons,
      text: message.text,
      ts: message.ts,
      team: team.id,
      client_msg_id: message.clientMessageId,
      blocks: message.blocks,
      attachments: message.attachments,
      files: message.fileIds?.map((id) => this.#files.render(id)).filter((file) => file !== undefined),
      edited: message.edited,
      reactions: renderReactions(message),
      metadata: includeMetadata ? message.metadata : undefined,
      streaming_state: message.stream?.state,
      is_ephemeral: message.ephemeralFor === undefined ? undefined : true,
      ...this.#thread(message),
    });
  }

  #thread(message: Message): Fields {
    if (message.threadTs !== undefined) {
      return {
        thread_ts: message.threadTs,
        parent_user_id: this.#messages.get(message.channel, message.threadTs)?.user,
      };
    }
    if (message.ephemeralFor !== undefined) return {};
    const replies = this.#messages.replies(message.channel, message.ts);
    const latest = replies.at(-1);
    if (!latest) return {};
    const users = [...new Set(replies.map((reply) => reply.user))];
    return {
      thread_ts: message.ts,
      reply_count: replies.length,
      reply_users_count: users.length,
      reply_users: users.slice(0, 5),
      latest_reply: latest.ts,
      is_locked: false,
      subscribed: false,
    };
  }
}

const botProfile: Fields = {
  id: app.botId,
  app_id: app.id,
  name: app.name,
  deleted: false,
  icons: {},
  updated: 1_750_000_000,
  team_id: team.id,
};

function renderReactions(message: Message): Fields[] | undefined {
  if (!message.reactions || message.reactions.length === 0) return undefined;
  return message.reactions.map((reaction) => ({
    name: reaction.name,
    users: reaction.users,
    count: reaction.users.length,
  }));
}
