import { buildPage } from "#src/playground/slack/build-page.ts";
import type { SlackPlaygroundOptions } from "#src/playground/slack/start-slack-playground.ts";
import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from "playwright-core";
import { expect } from "vitest";
import { driveSlackPlayground } from "../integration/slack-playground-driver.ts";
import { chromiumArguments, findChromium } from "../servers/chromium.ts";

export const browserPath = findChromium();

const patienceMs = 10_000;

/** One browser for a file of tests; every test gets its own workspace, and every person an own browser profile. */
export async function launchPages() {
  const [browser, assets] = await Promise.all([
    chromium.launch({ executablePath: browserPath ?? "", args: chromiumArguments }),
    buildPage(),
  ]);
  const running: { close(): Promise<void> }[] = [];
  return {
    start: async (options: Partial<SlackPlaygroundOptions> = {}) => {
      const driver = await driveSlackPlayground({ assets, ...options });
      const pages: Page[] = [];
      const problems: string[] = [];
      let isOpen = true;
      const closeDriver = async () => {
        if (isOpen) await driver.close();
        isOpen = false;
      };
      running.push({
        close: async () => {
          for (const page of pages) await page.context().close();
          await closeDriver();
          // Neither errors nor anything that the page's policy had to stop.
          expect(problems).toEqual([]);
        },
      });
      return {
        ...driver,
        close: closeDriver,
        open: async (person: string, place = "/archives/C01GENERAL", context: BrowserContextOptions = {}) => {
          const page = await newPage(browser, context, problems);
          pages.push(page);
          await page.goto(`${driver.playground.url}${place}${place.includes("?") ? "&" : "?"}as=${person}`);
          await page.locator(".app[data-ready=true]").waitFor();
          return page;
        },
      };
    },
    /** After each test. */
    reset: async () => {
      for (const one of running.splice(0)) await one.close();
    },
    close: () => browser.close(),
  };
}

async function newPage(browser: Browser, options: BrowserContextOptions, problems: string[]): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    // A refused request is logged by the browser itself; the page shows what was wrong.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      problems.push(message.text());
  });
  return page;
}

/** The field to write into: that of the channel, or of the thread beside it. */
export const composer = (page: Page, place: "channel" | "thread" = "channel"): Locator =>
  page.locator(`.${place} .composer textarea`);

export async function write(
  page: Page,
  text: string,
  place: "channel" | "thread" = "channel",
): Promise<void> {
  await composer(page, place).fill(text);
  await page.keyboard.press("Enter");
}

export const message = (page: Page, text: string | RegExp): Locator =>
  page.locator(".message").filter({ hasText: text });

/** Written as text because the root of this repository knows no browser types. */
export const backgroundOf = (page: Page, selector: string): Promise<string> =>
  page.evaluate(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).backgroundColor`);

/** Asks again until it fits: what people do shows on the page a moment later. */
export const soon = <Value>(read: () => Value | Promise<Value>) => expect.poll(read, { timeout: patienceMs });

export const plain = (text: string) => ({ type: "plain_text" as const, text });
export const mrkdwn = (text: string) => ({ type: "mrkdwn" as const, text });
export const option = (value: string) => ({ text: plain(value.toUpperCase()), value });
