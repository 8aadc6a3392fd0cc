import { remembered } from "./remembered.ts";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

/** The chosen theme; "system" follows the system's setting. */
export function readTheme(): Theme {
  const kept = remembered.read("theme");
  return themes.find((theme) => theme === kept) ?? "system";
}

export function applyTheme(theme: Theme): void {
  document.documentElement.dataset["theme"] = theme;
  remembered.write("theme", theme);
}
