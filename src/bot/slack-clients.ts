import { WebClient } from "@slack/web-api";

export interface SlackConnection {
  botToken: string;
  /** Default: Slack's own. Ends with "/". */
  apiUrl?: string;
}

/** For what a person waits for: 2 s, one retry, no waiting for a rate limit. */
export function createInteractiveClient({ botToken, apiUrl }: SlackConnection): WebClient {
  return new WebClient(botToken, {
    ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
    timeout: 2_000,
    retryConfig: { retries: 1, minTimeout: 100, maxTimeout: 200 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
  });
}

/** For the outbox, which has its own order, waits and repetitions. */
export function createBackgroundClient({ botToken, apiUrl }: SlackConnection): WebClient {
  return new WebClient(botToken, {
    ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
    timeout: 10_000,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
  });
}
