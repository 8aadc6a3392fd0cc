/** Raised whenever the same page would lose other parts. */
export const REDACTION_VERSION = 2;

interface SecretRule {
  /** Stands in the page where the secret was. */
  name: string;
  /** What its group `kept` matched, stays. All are linear: no repetition meets another over the same characters. */
  pattern: RegExp;
  /** A second look at what was matched, against examples and placeholders. */
  isSecret?: (match: string) => boolean;
}

const hasDigit = (text: string): boolean => /\d/.test(text);
const isNoExample = (text: string): boolean => !/example/i.test(text);
const PLACEHOLDER =
  /^(?:\*+|x+|\.+|…|pass|passwd|password|passphrase|pw|secret|token|changeme|(?:my|your|the|some)[-_ ]?\w*|[A-Z][A-Z_]*|비밀번호)$/;

const RULES: readonly SecretRule[] = [
  {
    name: "private key",
    pattern:
      /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----)[\s\S]){0,20000}-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/g,
    isSecret: (text) => /[A-Za-z0-9+/=]{32}/.test(text),
  },
  {
    name: "private key",
    // Cut off before its end.
    pattern:
      /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:(?:\s|\\[nr]){1,8}[A-Za-z0-9+/=]{40,80}){1,400}/g,
  },
  { name: "AWS access key", pattern: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g, isSecret: isNoExample },
  {
    name: "AWS secret key",
    pattern:
      /(?<kept>\baws_?secret_?(?:access_?)?key["']?\s{0,3}[:=]\s{0,3}["']?)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/gi,
    isSecret: isNoExample,
  },
  { name: "Google API key", pattern: /\bAIza[\w-]{35}(?![\w-])/g },
  { name: "Google token", pattern: /\bya29\.[\w-]{20,}/g },
  { name: "Google client secret", pattern: /\bGOCSPX-[\w-]{28}(?![\w-])/g },
  { name: "Slack token", pattern: /\bxox[abeoprs](?:-\d{6,}){1,3}-[A-Za-z0-9-]{6,}/g },
  { name: "Slack token", pattern: /\bxoxe(?:\.xox[bp])?-\d-[\w-]{20,}/g },
  { name: "Slack token", pattern: /\bxapp-\d-[A-Z0-9]{8,}-\d{6,}-[a-f0-9]{20,}/g },
  {
    name: "Slack webhook",
    pattern:
      /(?<kept>\bhttps:\/\/hooks\.slack\.com\/(?:services|workflows|triggers)\/)[A-Za-z0-9]+\/[\w/]{16,}/g,
    isSecret: hasDigit,
  },
  { name: "GitHub token", pattern: /\bgh[oprsu]_[A-Za-z0-9]{36,255}\b/g },
  { name: "GitHub token", pattern: /\bgithub_pat_\w{40,255}/g },
  { name: "GitLab token", pattern: /\bglpat-[\w-]{20,}/g, isSecret: hasDigit },
  { name: "Hugging Face token", pattern: /\bhf_[A-Za-z0-9]{30,}\b/g },
  { name: "npm token", pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { name: "PyPI token", pattern: /\bpypi-AgE[\w-]{50,}/g },
  {
    name: "model API key",
    pattern: /\bsk-[\w-]{32,}/g,
    isSecret: (text) => hasDigit(text) && /[A-Z]/.test(text),
  },
  { name: "wandb key", pattern: /\bwandb_v\d_\w{20,}/g },
  { name: "wandb key", pattern: /(?<kept>\bWANDB_API_KEY["']?\s{0,3}[:=]\s{0,3}["']?)[0-9a-f]{40}\b/g },
  { name: "web token", pattern: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/g },
  {
    name: "bearer token",
    pattern: /(?<kept>\bbearer\s{1,3})[\w.~+/-]{20,}={0,2}/gi,
    isSecret: hasDigit,
  },
  {
    name: "password",
    pattern: /(?<kept>\bauthorization["']?\s{0,2}[:=]\s{0,2}["']?basic\s{1,3})[A-Za-z0-9+/]{12,}={0,2}/gi,
  },
  {
    name: "password",
    // In an address: scheme://somebody:password@host
    pattern: /(?<kept>\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@<>"'`{}]{0,100}:)[^\s/@<>"'`{}$]{1,200}(?=@)/gi,
    isSecret: (text) => !PLACEHOLDER.test(text.slice(text.lastIndexOf(":") + 1)),
  },
];

/** Takes keys, tokens and passwords out of a page before it is stored: an index that holds none can leak none. */
export function redactSecrets(text: string): string {
  const redacted = withoutSecrets(text);
  // Characters that nobody sees may part a secret; they are gone again when it is shown.
  if (!HIDDEN.test(redacted)) return redacted;
  const plain = redacted.replace(ALL_HIDDEN, "");
  const plainRedacted = withoutSecrets(plain);
  return plainRedacted === plain ? redacted : plainRedacted;
}

const HIDDEN = /[\p{Cf}\p{Co}]|(?![\n\t\r])\p{Cc}/u;
const ALL_HIDDEN = new RegExp(HIDDEN, "gu");

function withoutSecrets(text: string): string {
  return RULES.reduce(
    (redacted, { name, pattern, isSecret }) =>
      redacted.replace(pattern, (match: string, ...rest: unknown[]) => {
        if (isSecret !== undefined && !isSecret(match)) return match;
        const groups = rest.at(-1) as { kept?: string } | string;
        const kept = typeof groups === "object" ? (groups.kept ?? "") : "";
        return `${kept}(removed: ${name})`;
      }),
    text,
  );
}
