const known: Readonly<Record<string, string | undefined>> = {
  "+1": "👍",
  thumbsup: "👍",
  "-1": "👎",
  thumbsdown: "👎",
  alarm_clock: "⏰",
  arrow_right: "➡️",
  arrow_up: "⬆️",
  arrow_down: "⬇️",
  bar_chart: "📊",
  bell: "🔔",
  no_bell: "🔕",
  blue_circle: "🔵",
  large_blue_circle: "🔵",
  red_circle: "🔴",
  green_circle: "🟢",
  large_green_circle: "🟢",
  yellow_circle: "🟡",
  large_yellow_circle: "🟡",
  orange_circle: "🟠",
  white_circle: "⚪",
  black_circle: "⚫",
  book: "📖",
  books: "📚",
  bug: "🐛",
  bulb: "💡",
  calendar: "📅",
  chart_with_upwards_trend: "📈",
  clap: "👏",
  computer: "💻",
  construction: "🚧",
  eyes: "👀",
  exclamation: "❗",
  question: "❓",
  fire: "🔥",
  gear: "⚙️",
  hand: "✋",
  raised_hand: "✋",
  raised_hands: "🙌",
  heart: "❤️",
  heavy_check_mark: "✔️",
  hourglass: "⌛",
  hourglass_flowing_sand: "⏳",
  information_source: "ℹ️",
  key: "🔑",
  link: "🔗",
  lock: "🔒",
  mag: "🔍",
  memo: "📝",
  no_entry: "⛔",
  no_entry_sign: "🚫",
  ok: "🆗",
  ok_hand: "👌",
  package: "📦",
  pause_button: "⏸️",
  page_facing_up: "📄",
  paperclip: "📎",
  pray: "🙏",
  pushpin: "📌",
  repeat: "🔁",
  robot_face: "🤖",
  rocket: "🚀",
  rotating_light: "🚨",
  smile: "😄",
  slightly_smiling_face: "🙂",
  sparkles: "✨",
  star: "⭐",
  stop_button: "⏹️",
  stopwatch: "⏱️",
  tada: "🎉",
  thinking_face: "🤔",
  thread: "🧵",
  trash: "🗑️",
  warning: "⚠️",
  wave: "👋",
  white_check_mark: "✅",
  wrench: "🔧",
  x: "❌",
  zap: "⚡",
  zzz: "💤",
};

/** The picture for a short name; undefined for one that the page does not know. */
export function emojiOf(name: string): string | undefined {
  return Object.hasOwn(known, name) ? known[name] : undefined;
}

/** Names that start with what was typed, or contain it. */
export function findEmoji(typed: string, most: number): string[] {
  const names = Object.keys(known);
  const starting = names.filter((name) => name.startsWith(typed));
  return [...starting, ...names.filter((name) => name.includes(typed) && !name.startsWith(typed))].slice(
    0,
    most,
  );
}

/** What the reaction menu offers first. */
export const commonReactions = ["eyes", "white_check_mark", "+1", "pray", "tada", "rocket", "x", "question"];

/** Plain text with its short names shown as pictures. */
export function withEmoji(text: string): string {
  return text.replaceAll(/:([a-z0-9_+'-]+):/g, (whole, name: string) => emojiOf(name) ?? whole);
}
