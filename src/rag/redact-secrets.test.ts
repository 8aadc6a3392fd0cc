import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { cpuMs } from "#test/cpu-ms.ts";
import { redactSecrets } from "./redact-secrets.ts";

// Put together here, so that nobody's scanner takes this file for a leak.
const of = (...parts: readonly string[]): string => parts.join("");
const KEY_LINE = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKB";
const begin = (kind: string): string => of("-----BEGIN ", kind, "PRIVATE KEY-----");
const end = (kind: string): string => of("-----END ", kind, "PRIVATE KEY-----");

const SECRETS: readonly (readonly [name: string, secret: string])[] = [
  ["private key", of(begin("RSA "), `\n${KEY_LINE}\n${KEY_LINE}\n`, end("RSA "))],
  ["private key", of(begin("OPENSSH "), `\r\n${KEY_LINE}\r\n`, end("OPENSSH "))],
  ["private key", of(begin(""), `\\n${KEY_LINE}\\n`, end(""))],
  ["private key", of(begin(""), `\n${KEY_LINE}\n${KEY_LINE}`)],
  ["AWS access key", of("AKIA", "Z7QLMNOP2345ABCD")],
  ["Google API key", of("AIza", "SyD3x4Mp1e-0123456789abcdefghijklmn")],
  ["Google token", of("ya29.", "a0AfH6SMB1234567890abcdefg")],
  ["Slack token", of("xoxb-", "123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx")],
  ["Slack token", of("xoxp-", "123456789012-123456789012-123456789012-abcdef0123456789abcdef0123456789")],
  ["Slack token", of("xapp-", "1-A012ABCDEFG-1234567890123-", "0123456789abcdef".repeat(4))],
  ["GitHub token", of("ghp_", "0123456789abcdefghijABCDEFGHIJ012345")],
  ["GitHub token", of("github_pat_", "11ABCDEFG0123456789abc_0123456789abcdefghijABCDEFGHIJ")],
  ["GitLab token", of("glpat-", "x1Y2z3A4b5C6d7E8f9G0")],
  ["Hugging Face token", of("hf_", "abcdefghijKLMNOPQRST0123456789ABCD")],
  ["model API key", of("sk-proj-", "Abcdefghij0123456789Abcdefghij0123456789")],
  [
    "web token",
    of("eyJhbGciOiJIUzI1NiJ9.", "eyJzdWIiOiIxMjM0NTY3ODkwIn0.", "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"),
  ],
];

describe("redactSecrets", () => {
  it.each(SECRETS)("takes out a %s", (name, secret) => {
    const redacted = redactSecrets(`before ${secret} after`);

    expect(redacted).toBe(`before (removed: ${name}) after`);
  });

  it.each([
    ["a URL's password", "postgres://app:s3cr%t!@db:5432/x", "postgres://app:(removed: password)@db:5432/x"],
    [
      "a URL's password without a name",
      "redis://:hunter2@cache:6379",
      "redis://:(removed: password)@cache:6379",
    ],
    [
      "a bearer token",
      "-H 'Authorization: Bearer abcDEF0123456789abcDEF'",
      "-H 'Authorization: Bearer (removed: bearer token)'",
    ],
    [
      "a Basic header",
      "Authorization: Basic dXNlcjpwYXNzd29yZA==",
      "Authorization: Basic (removed: password)",
    ],
    [
      "AWS' secret key",
      of("aws_secret_access_key = ", "abcdefghijABCDEFGHIJ0123456789/+abcdefgh"),
      "aws_secret_access_key = (removed: AWS secret key)",
    ],
    [
      "a Slack webhook",
      of("https://hooks.slack.com/services/", "T01ABCDEF/B01ABCDEF/abcdefghijklmnopqrstuvwx"),
      "https://hooks.slack.com/services/(removed: Slack webhook)",
    ],
    [
      "a wandb key",
      of("WANDB_API_KEY=", "0123456789abcdef0123456789abcdef01234567"),
      "WANDB_API_KEY=(removed: wandb key)",
    ],
  ])("takes out %s and keeps what it was for", (_, text, expected) => {
    expect(redactSecrets(text)).toBe(expected);
  });

  it.each([
    ["a SHA-256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["a commit", "934d02f6c1a4e0b7d1d0c4a7a0f2b7a1c3d5e7f9"],
    ["an image digest", "docker pull registry:5000/team/sft@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4"],
    ["a UUID", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"],
    ["an SSH address", "git clone ssh://git@github.com:22/org/repo.git"],
    ["a variable in an address", "postgres://app:${PASSWORD}@db/x and postgres://user:password@host"],
    [
      "placeholders",
      "export HF_TOKEN=hf_your_token SLACK_BOT_TOKEN=xoxb-your-token-here OPENAI_API_KEY=sk-...",
    ],
    ["AWS' own examples", "AKIAIOSFODNN7EXAMPLE"],
    ["talk of bearer tokens", "Send it as Bearer authentication-credentials-of-the-person."],
    ["talk of private keys", of(begin("RSA "), "\n...\n", end("RSA "))],
    ["base64 of a picture", `data:image/png;base64,${"iVBORw0KGgoAAAANSUhEUgAA".repeat(8)}`],
    ["a model's name", "meta-llama/Llama-3.1-8B-Instruct hf_transfer sk-learn"],
  ])("leaves %s alone", (_, text) => {
    expect(redactSecrets(text)).toBe(text);
  });

  it("finds a secret that characters part which nobody sees, and leaves such characters alone elsewhere", () => {
    const token = ["ghp_", "0123456789abcdefghijABCDEFGHIJ012345"].join("");
    const family = "\u{1f468}\u200d\u{1f469}";

    expect(redactSecrets(`at ${token.split("").join("\u200b")}.`)).toBe("at (removed: GitHub token).");
    expect(redactSecrets(`at ${token.slice(0, 9)}\u00ad${token.slice(9)}.`)).toBe(
      "at (removed: GitHub token).",
    );
    expect(redactSecrets(`a family ${family}`)).toBe(`a family ${family}`);
  });

  it("leaves 2,000 random hashes of every length and writing alone", () => {
    const hashes = Array.from({ length: 2_000 }, (_, number) =>
      randomBytes(16 + (number % 40)).toString(number % 2 === 0 ? "hex" : "base64url"),
    ).filter((hash) => !/^(?:sk|gh._|hf_)/.test(hash));

    const changed = hashes.filter((hash) => redactSecrets(`at ${hash}.`) !== `at ${hash}.`);

    expect(changed).toEqual([]);
  });

  it("takes a time that grows with the page, whatever stands in it", () => {
    const pages = [
      "-----BEGIN PRIVATE KEY-----\n",
      "bearer ",
      "a://:",
      "eyJabcdefghijk.",
      "aws_secret_key=",
      "sk-",
    ].map((piece) => piece.repeat(Math.ceil(300_000 / piece.length)));

    const startedMs = cpuMs();
    pages.forEach(redactSecrets);

    expect(cpuMs() - startedMs).toBeLessThan(5_000);
  });
});
