/** Each pattern keeps its first group, which says what was there. All are linear: no repetition meets another over the same characters. */
const SECRETS: readonly RegExp[] = [
  /\b(hf_)[A-Za-z0-9]{10,}/g,
  /\b((?:AKIA|ASIA)[A-Z0-9]{2})[A-Z0-9]{14}\b/g,
  /\b(gh[opsu]_|github_pat_|glpat-|sk-|xox[abeprs]-|xapp-)[\w-]{10,}/g,
  /\b(eyJ)[\w-]{8,}\.[\w-]{1,2000}(?:\.[\w-]{1,2000})?/g,
  /\b([Bb]earer\s{1,4}|[Bb]asic\s{1,4})[\w.~+/=-]{8,}/g,
  // wandb's keys, older and newer.
  /\b([Aa][Pp][Ii][ _-]?[Kk][Ee][Yy]\b[^\n]{0,40}?)\b[0-9a-f]{40}\b/g,
  /\b(wandb_v\d_)\w{10,}/g,
  // A password in an address; one may hold "@" itself.
  /(:\/\/[^\s/:@]{0,100}:)[^\s/]{1,200}(?=@)/g,
  /((?:password|passwd|secret)["']?\s{0,3}[=:]\s{0,3})(?!None\b|null\b)(?:"[^"\n]{1,200}"?|'[^'\n]{1,200}'?|[^\s"',;&}]{1,200})/gi,
  /((?:token|api[_-]?key|access[_-]?key|credential)s?["']?\s{0,3}[=:]\s{0,3})(?!["']?(?:<|hf_\*))(?:"[^"\n]{8,200}"?|'[^'\n]{8,200}'?|[^\s"',;&}]{8,})/gi,
  /(--(?:password|secret|token|api-key|access-key)\s{1,4})[^\s"']{4,}/g,
];

/** Tokens, keys and passwords become "***": what they were remains readable, their value does not. */
export function maskSecrets(text: string): string {
  return SECRETS.reduce((masked, pattern) => masked.replace(pattern, "$1***"), text);
}
