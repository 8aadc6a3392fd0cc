import { followAddress, readAddress } from "./navigate.ts";
import { pageStore } from "./page-store.ts";
import { remembered } from "./remembered.ts";
import { watchChanges } from "./watch-changes.ts";

const firstPerson = "minji";

/** Becomes another person; everything on screen is then theirs. */
export function actAs(name: string): void {
  const url = new URL(location.href);
  url.searchParams.set("as", name);
  history.replaceState(null, "", url);
  remembered.write("acting-as", name);
  pageStore.restart(name);
  watchChanges(name, () => {
    if (name !== firstPerson) actAs(firstPerson);
  });
}

/** Starts as the person in the address, else as the one before, where the address points. */
export function startPage(): void {
  const url = new URL(location.href);
  const place = readAddress(url);
  if (place) pageStore.set(place);
  actAs(url.searchParams.get("as") ?? remembered.read("acting-as") ?? firstPerson);
  addEventListener("popstate", followAddress);
}
