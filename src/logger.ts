import { pino, type Logger } from "pino";

const SECRET_FIELDS = [
  "token",
  "botToken",
  "appToken",
  "signingSecret",
  "password",
  "authorization",
  "apiKey",
  "connectionString",
  "responseUrl",
  "response_url",
  "kubeconfig",
  "postgresUrl",
  "redisUrl",
];
const SECRET_TEXT =
  /\b(xox[abeprs]-[\w-]+|xapp-[\w-]+|Bearer\s+[\w.~+/-]+=*|(postgres(?:ql)?|rediss?):\/\/[^\s@/]+@)/g;

/** JSON lines to stderr: a constant message and fields. Secrets are cut out of both. */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      base: { service: "jibsa" },
      redact: {
        paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: "***",
      },
      formatters: { level: (label) => ({ level: label }) },
      hooks: {
        streamWrite: (line) => line.replace(SECRET_TEXT, "***"),
      },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
