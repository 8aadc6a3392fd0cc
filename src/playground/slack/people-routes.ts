import { assistant, home, shortcut, stop } from "./app-surface-routes.ts";
import { command } from "./command-route.ts";
import { group, invite, kick, person } from "./membership-routes.ts";
import type { PeopleRoute } from "./people-input.ts";
import { press } from "./press-route.ts";
import { messages, people, traffic, views } from "./read-routes.ts";
import { edit, react, remove, say } from "./say-routes.ts";
import { suggest } from "./suggest-route.ts";
import { close, submit } from "./view-routes.ts";

/** What people do: the same code behind the control API and the page, so that driving is the same as clicking. */
export const doingRoutes: Readonly<Record<string, PeopleRoute>> = {
  say,
  edit,
  delete: remove,
  react,
  command,
  press,
  suggest,
  submit,
  close,
  home,
  assistant,
  stop,
  shortcut,
  invite,
  kick,
  person,
  group,
};

/** What people see. */
export const seeingRoutes: Readonly<Record<string, PeopleRoute>> = { messages, views, people, traffic };
