import { LogLevel } from "@slack/socket-mode";
import type { Logger } from "pino";

/** The SDK's debug lines may hold tokens and bodies: only warnings and errors pass, without their objects. */
export function createSdkLogger(logger: Logger) {
  const text = (parts: unknown[]) =>
    parts.map((part) => (part instanceof Error ? part.message : String(part))).join(" ");
  return {
    debug() {},
    info() {},
    warn: (...parts: unknown[]) => logger.warn({ sdk: text(parts).slice(0, 300) }, "Slack's client warns"),
    error: (...parts: unknown[]) => logger.error({ sdk: text(parts).slice(0, 300) }, "Slack's client failed"),
    setLevel() {},
    getLevel: () => LogLevel.WARN,
    setName() {},
  };
}
