import { expect, it } from "vitest";
import { AppDelivery } from "./app-delivery.ts";
import type { AppLink, Delivery, DeliveryOutcome, DeliveryRetry } from "./app-link.ts";
import { createFaults } from "./faults.ts";
import { MessageStore } from "./message-store.ts";
import { openPersistence } from "./persistence.ts";
import type { PlaygroundClock } from "./playground-clock.ts";
import { ResponseUrls } from "./response-urls.ts";
import { ScheduledMessages } from "./scheduled-messages.ts";
import { createTraffic } from "./traffic.ts";
import { TriggerIds } from "./trigger-ids.ts";
import { ViewStore } from "./view-store.ts";

/** A clock that stands until it is moved. */
function standingClock(start = 1_750_000_000_000): PlaygroundClock & { move(ms: number): Promise<void> } {
  let now = start;
  let timers: { at: number; run: () => void }[] = [];
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    now: () => now,
    schedule: (delayMs, run) => {
      const timer = { at: now + delayMs, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((item) => item !== timer);
      };
    },
    move: async (ms) => {
      await settle();
      now += ms;
      for (
        let due = timers.find((item) => item.at <= now);
        due;
        due = timers.find((item) => item.at <= now)
      ) {
        const { run } = due;
        timers = timers.filter((item) => item !== due);
        run();
        await settle();
      }
      await settle();
    },
  };
}

it("gives timestamps that never repeat or go back", () => {
  const clock = standingClock();
  const persistence = openPersistence();
  const messages = new MessageStore(persistence, clock);
  const first = messages.nextTs();
  const second = messages.nextTs();
  expect([first, second]).toEqual(["1750000000.000000", "1750000000.000001"]);
  messages.put({
    channel: "C1",
    ts: "1999999999.000000",
    user: "U1",
    fromApp: false,
    text: "from the future",
  });
  expect(new MessageStore(persistence, clock).nextTs()).toBe("1999999999.000001");
});

it("takes a trigger_id once, within three seconds", async () => {
  const clock = standingClock();
  const triggers = new TriggerIds(clock);
  const [first, second] = [triggers.create("U1"), triggers.create("U1")];
  expect(triggers.use(first)).toEqual({ kind: "user", user: "U1" });
  expect(triggers.use(first)).toMatchObject({ error: "exchanged_trigger_id" });
  expect(triggers.use("forged")).toMatchObject({ error: "invalid_trigger_id" });
  await clock.move(3_001);
  expect(triggers.use(second)).toMatchObject({ error: "expired_trigger_id" });
});

it("forgets a response_url after half an hour", async () => {
  const clock = standingClock();
  const urls = new ResponseUrls(openPersistence(), clock, () => "http://127.0.0.1:1");
  const path = new URL(urls.create("actions", { channel: "C1", user: "U1" })).pathname;
  expect(urls.use(path)).toMatchObject({ kind: "target", target: { channel: "C1", user: "U1" } });
  await clock.move(30 * 60_000 + 1);
  expect(urls.use(path)).toMatchObject({ error: "expired_url" });
});

it("posts a scheduled message at its time, also after a restart", async () => {
  const clock = standingClock();
  const persistence = openPersistence();
  const posted: string[] = [];
  const before = new ScheduledMessages(persistence, clock);
  const { id } = before.add({ channel: "C1", postAt: 1_750_000_100, content: { text: "later" } });
  before.add({ channel: "C1", postAt: 1_750_000_050, content: { text: "sooner" } });
  before.close();

  const after = new ScheduledMessages(persistence, clock);
  after.start((due) => posted.push(due.content.text));
  await clock.move(60_000);
  expect(posted).toEqual(["sooner"]);
  expect(after.remove(id)).toBe(true);
  await clock.move(60_000);
  expect(posted).toEqual(["sooner"]);
});

it("stacks three modals and keeps what was entered through an update", () => {
  const views = new ViewStore(openPersistence());
  const content = (type: string) => ({
    type: "modal",
    blocks: [{ type: "input", block_id: "b", element: { type, action_id: "a" } }],
  });
  const first = views.open("U1", content("plain_text_input"));
  const entered = views.setValues(first, { b: { a: { type: "plain_text_input", value: "7B" } } });
  expect(views.update(entered, content("plain_text_input"))).toMatchObject({
    id: first.id,
    values: { b: { a: { value: "7B" } } },
  });
  expect(views.update(entered, content("number_input")).values).toEqual({
    b: { a: { type: "number_input", value: null } },
  });
  expect(views.get(first.id)?.hash).not.toBe(first.hash);
  expect(views.push("U1", content("plain_text_input"))).toMatchObject({
    previousId: first.id,
    rootId: first.id,
  });
  views.push("U1", content("plain_text_input"));
  expect(views.push("U1", content("plain_text_input"))).toBeUndefined();
  views.pop("U1");
  expect(views.stack("U1")).toHaveLength(2);
});

it("repeats an event at once, after a minute and after five, then gives up", async () => {
  const clock = standingClock();
  const sent: (DeliveryRetry | undefined)[] = [];
  const { delivery } = deliver(clock, (_delivery, retry) => {
    sent.push(retry);
    return { kind: "timeout" };
  });
  delivery.tell("message", "Ev1", {});
  await clock.move(0);
  expect(sent).toEqual([undefined, { attempt: 1, reason: "timeout" }]);
  await clock.move(59_000);
  expect(sent).toHaveLength(2);
  await clock.move(1_000);
  await clock.move(300_000);
  await clock.move(3_600_000);
  expect(sent.map((retry) => retry?.attempt)).toEqual([undefined, 1, 2, 3]);
});

it("brings an event that nobody took before the restart", async () => {
  const clock = standingClock();
  const persistence = openPersistence();
  const first = deliver(clock, () => ({ kind: "not-connected" }), persistence);
  first.delivery.tell("message", "Ev1", { event_id: "Ev1" });
  await clock.move(0);
  first.delivery.close();

  const sent: Delivery[] = [];
  const second = deliver(
    clock,
    (delivery) => {
      sent.push(delivery);
      return { kind: "acked", body: undefined };
    },
    persistence,
  );
  second.connect();
  await clock.move(0);
  second.connect();
  await clock.move(0);
  expect(sent.map((item) => item.payload)).toEqual([{ event_id: "Ev1" }]);
});

function deliver(
  clock: PlaygroundClock,
  send: (delivery: Delivery, retry?: DeliveryRetry) => DeliveryOutcome,
  persistence = openPersistence(),
) {
  let connect = () => {};
  const link: AppLink = {
    send: (delivery, retry) => Promise.resolve(send(delivery, retry)),
    onConnected: (listener) => {
      connect = listener;
    },
    disconnect: () => {},
    close: () => {},
  };
  const delivery = new AppDelivery({
    link,
    faults: createFaults(),
    traffic: createTraffic([], () => {}),
    clock,
    persistence,
  });
  return { delivery, connect: () => connect() };
}
