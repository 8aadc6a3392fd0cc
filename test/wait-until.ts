/** Looks every 20 ms (or `everyMs`) until `condition` gives something else than undefined or false; throws with `what` after the deadline. */
export async function waitUntil<T>(
  what: string,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 15_000,
  everyMs = 20,
): Promise<T> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadlineMs) throw new Error(`waited ${timeoutMs} ms for: ${what}`);
    await new Promise((done) => setTimeout(done, everyMs));
  }
}
