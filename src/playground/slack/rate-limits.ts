import type { PlaygroundClock } from "./playground-clock.ts";

interface Rate {
  readonly perMinute: number;
  /** How many calls may come at once. */
  readonly burst: number;
}

const tier = (perMinute: number): Rate => ({ perMinute, burst: perMinute });
const tiers = { two: tier(20), three: tier(50), four: tier(100), high: tier(600) } as const;

/** Slack's tiers for the methods an app calls often; everything else is tier three. */
const methodRates: Readonly<Record<string, Rate | undefined>> = {
  "api.test": tiers.high,
  "auth.test": tiers.high,
  "chat.getPermalink": tiers.high,
  "blocks.validate": tiers.high,
  "assistant.threads.setStatus": tiers.high,
  "chat.appendStream": tiers.four,
  "chat.postEphemeral": tiers.four,
  "views.open": tiers.four,
  "views.push": tiers.four,
  "views.update": tiers.four,
  "views.publish": tiers.four,
  "users.info": tiers.four,
  "conversations.members": tiers.four,
  "files.getUploadURLExternal": tiers.four,
  "files.completeUploadExternal": tiers.four,
  "files.info": tiers.four,
  "chat.startStream": tiers.two,
  "chat.stopStream": tiers.two,
  "usergroups.list": tiers.two,
  "usergroups.users.list": tiers.two,
  "conversations.list": tiers.two,
  "users.list": tiers.two,
  "reactions.remove": tiers.two,
  "apps.connections.open": tiers.two,
  "chat.postMessage": { perMinute: 300, burst: 300 },
};

/** One message per second and channel, short bursts allowed. */
const postPerChannel: Rate = { perMinute: 60, burst: 20 };

export interface RateLimits {
  /** Counts a call; answers the seconds to wait when it is one too many. */
  take(method: string, channel: string | undefined): number | undefined;
}

/** Limits per method as token buckets: a minute's worth may come at once, then calls are let in at the tier's pace. */
export function createRateLimits(clock: PlaygroundClock): RateLimits {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const takeFrom = (key: string, rate: Rate): number | undefined => {
    const now = clock.now();
    const bucket = buckets.get(key) ?? { tokens: rate.burst, at: now };
    const tokens = Math.min(rate.burst, bucket.tokens + ((now - bucket.at) * rate.perMinute) / 60_000);
    buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    return tokens >= 1 ? undefined : Math.max(1, Math.ceil(((1 - tokens) * 60) / rate.perMinute));
  };
  return {
    take: (method, channel) => {
      const wait = takeFrom(method, methodRates[method] ?? tiers.three);
      if (wait !== undefined || method !== "chat.postMessage" || channel === undefined) return wait;
      return takeFrom(`${method} ${channel}`, postPerChannel);
    },
  };
}

/** For tests of other things: never limits. */
export const unlimitedRates: RateLimits = { take: () => undefined };
