import type { Person } from "../slack-shapes.ts";

const colours = ["#3f6fb5", "#2f8a6b", "#a85a2a", "#7c5cbf", "#b04a6f", "#4d7c2f"];

/** Initial and colour of a person; the bot has its own sign. */
export function Avatar({ person }: { readonly person: Person | undefined }) {
  if (person?.is_bot === true) return <span class="avatar avatar-bot" aria-hidden="true" />;
  const name = person?.real_name ?? "?";
  const sum = Array.from(person?.id ?? "").reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
  return (
    <span class="avatar" style={{ background: colours[sum % colours.length] }} aria-hidden="true">
      {name.slice(0, 1).toUpperCase()}
    </span>
  );
}
