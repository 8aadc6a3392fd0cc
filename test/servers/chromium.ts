import { existsSync } from "node:fs";

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
];

/** The distribution's browser. Without one the page's tests are skipped and say so; in CI that is a failure. */
export function findChromium(): string | undefined {
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  const reason = `no browser (${places.join(", ")}): apt-get install chromium`;
  if (process.env["CI"]) throw new Error(reason);
  process.stderr.write(`the page's tests are skipped: ${reason}\n`);
  return undefined;
}

/** No sandbox because CI runs as root; nothing that a browser does by itself. */
export const chromiumArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];
