import type { Channel, Person, UserGroup } from "./workspace-types.ts";

/** The workspace, the app and its bot: fixed, so that tests and configuration may name them. */
export const team = { id: "T00JIBSA", name: "Jibsa playground", domain: "jibsa-playground" } as const;
/** The workspace of people who are only here through a shared channel. */
export const otherTeamId = "T99OTHER";
export const app = { id: "A00JIBSA", name: "jibsa", botUserId: "U00JIBSA", botId: "B00JIBSA" } as const;

const seoul = "Asia/Seoul";
const regular = { isRestricted: false, deleted: false, isBot: false } as const;

/** The people in the order researcher, lead, operator, guest. */
export const seededPeople: readonly Person[] = [
  {
    ...regular,
    id: "U01RESEARCHER",
    name: "minji",
    realName: "Minji Kim",
    email: "minji@example.com",
    title: "Researcher",
    locale: "ko-KR",
    tz: seoul,
  },
  {
    ...regular,
    id: "U02LEAD",
    name: "junho",
    realName: "Junho Lee",
    email: "junho@example.com",
    title: "Team lead",
    locale: "ko-KR",
    tz: seoul,
  },
  {
    ...regular,
    id: "U03OPERATOR",
    name: "sora",
    realName: "Sora Park",
    email: "sora@example.com",
    title: "MLOps operator",
    locale: "en-US",
    tz: seoul,
  },
  {
    ...regular,
    id: "U04GUEST",
    name: "guest",
    realName: "Alex Guest",
    email: "guest@example.com",
    title: "Guest",
    locale: "en-US",
    tz: "Europe/Berlin",
    isRestricted: true,
  },
  {
    ...regular,
    id: app.botUserId,
    name: app.name,
    realName: "Jibsa",
    email: "",
    title: "Bot",
    locale: "en-US",
    tz: seoul,
    isBot: true,
  },
];

const members = ["U01RESEARCHER", "U02LEAD", "U03OPERATOR"];

/** The channels; the guest is in two of them, the bot in all. */
export const seededChannels: readonly Channel[] = [
  {
    id: "C01GENERAL",
    name: "general",
    kind: "channel",
    members: [...members, "U04GUEST", app.botUserId],
    purpose: "Everyone",
  },
  {
    id: "C02TRAINING",
    name: "llm-training",
    kind: "channel",
    members: [...members, "U04GUEST", app.botUserId],
    purpose: "Training runs",
  },
  {
    id: "C03ALERTS",
    name: "mlops-alerts",
    kind: "channel",
    members: [...members, app.botUserId],
    purpose: "Alerts of the cluster",
  },
  ...["U01RESEARCHER", "U02LEAD", "U03OPERATOR", "U04GUEST"].map((user): Channel => ({
    id: user.replace("U", "D"),
    name: user,
    kind: "im",
    members: [user, app.botUserId],
    purpose: "",
  })),
];

export const seededGroups: readonly UserGroup[] = [
  { id: "S01RESEARCHERS", handle: "researchers", name: "Researchers", users: ["U01RESEARCHER", "U02LEAD"] },
  { id: "S02LEADS", handle: "ml-leads", name: "ML leads", users: ["U02LEAD"] },
  { id: "S03OPERATORS", handle: "mlops", name: "MLOps", users: ["U03OPERATOR"] },
];
