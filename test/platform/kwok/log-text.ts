/** Lines as a container runtime keeps them; kwok reads nothing else. */
export function logText(lines: readonly string[], startedAtMs = Date.now()): string {
  return lines
    .map((line, index) => `${new Date(startedAtMs + index).toISOString()} stdout F ${line}\n`)
    .join("");
}
