import { randomBytes } from "node:crypto";

const alphabet = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ".slice(0, 32);

/** A fresh Slack-like id: the prefix and `length` upper-case letters and digits. */
export function newId(prefix: string, length = 10): string {
  const letters = Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]);
  return prefix + letters.join("");
}

/** A secret of 32 hexadecimal digits. */
export function newSecret(): string {
  return randomBytes(16).toString("hex");
}
