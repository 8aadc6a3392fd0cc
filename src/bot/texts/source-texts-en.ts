import type { SkipReason } from "../../rag/document-source.ts";
import { code, escapeMrkdwn } from "../escape.ts";

/** What is said of document sources, in English. */
export const sourceTextsEn = {
  title: "Document sources",
  none: "No document sources are set up.",
  pages: (pages: number) => `${pages} page${pages === 1 ? "" : "s"}`,
  never: "not synced yet",
  interrupted: "its sync was interrupted and will go on",
  running: (done: number, total: number) => (total === 0 ? "reading what there is" : `${done} of ${total}`),
  synced: (time: string) => `synced ${time}`,
  failed: (time: string, error: string) =>
    `the sync ${time} failed${error === "" ? "" : `: ${escapeMrkdwn(error)}`}`,
  changed: (written: number, deleted: number) => `${written} written, ${deleted} deleted`,
  leftOut: (count: number) => `${count} left out`,
  withoutVectors: (count: number) =>
    `${count} ${count === 1 ? "section" : "sections"} found by words only so far`,
  more: (count: number) => `and ${count} more`,
  syncing: (source: string) => `Syncing ${escapeMrkdwn(source)}`,
  ended: (source: string) => `${escapeMrkdwn(source)} is up to date`,
  notEnded: (source: string) =>
    `The sync of ${escapeMrkdwn(source)} takes long: \`/docs sources\` shows how it goes.`,
  waitsForTurn: "waiting for its turn",
  toldDirectly: "The sync is on its way. How it goes is in your direct messages with me.",
  unknown: (source: string, names: readonly string[]) =>
    `There is no document source ${code(source)}. There ${names.length === 1 ? "is" : "are"}: ${names.map((name) => code(name)).join(", ")}`,
  whichOne: (names: readonly string[]) =>
    `Which one? ${names.map((name) => code(`/docs sync ${name}`)).join(" · ")}`,
  channelOn: (who: string) =>
    `${who} switched on that the threads of this channel are documents: what is written here may be quoted in answers to its members, with a link. Edits and deletions are followed. \`/docs channel off\` takes all of it out again.`,
  channelOff: (who: string) =>
    `${who} switched off that the threads of this channel are documents. What was read of it is being taken out.`,
  isOnAlready: "The threads of this channel are documents already.",
  isOffAlready: "The threads of this channel are no documents.",
  noChannels: "Slack channels cannot be documents here: whoever runs me has not set that up.",
  onlyInChannels: "Type that in the channel that it is about.",
  inviteFirst: "I am not in this channel. Invite me first: `/invite @jibsa`",
  reasons: {
    "symbolic-link": "is a link to elsewhere",
    "too-large": "is too large",
    binary: "is not text",
    "not-a-text-format": "is of a format that is not read",
    "git-lfs": "is kept in Git LFS",
    encrypted: "is protected by a password",
    broken: "is damaged, or not what its name says",
    "too-complex": "is too large inside (pages, depth, or what it unpacks to)",
    "no-text": "has no text, such as a scan",
    "out-of-memory": "took too much memory",
    "out-of-time": "took too long",
    forbidden: "may not be read",
    "not-found": "is not there",
    robots: "asks robots not to read it",
    "forbidden-address": "leads to an address that may not be reached",
    "secret-in-name": "has a key or password in its name",
    "too-many": "is over the number of pages of a source",
    unreadable: "could not be read; what was known of it stays",
  } satisfies Record<SkipReason, string> as Record<string, string>,
};
