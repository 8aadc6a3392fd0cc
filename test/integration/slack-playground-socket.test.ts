import { connect } from "node:net";
import { WebSocket } from "ws";
import { afterEach, expect, it } from "vitest";
import { driveSlackPlayground, eventually } from "./slack-playground-driver.ts";

type Driver = Awaited<ReturnType<typeof driveSlackPlayground>>;
type Envelope = Record<string, unknown> & { envelope_id?: string };
const open: Driver[] = [];
const sockets: WebSocket[] = [];
const drive = async (options: Parameters<typeof driveSlackPlayground>[0] = {}) => {
  const driver = await driveSlackPlayground(options);
  open.push(driver);
  return driver;
};
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  for (const driver of open.splice(0)) await driver.close();
});

/** A bare Socket Mode connection: what it was sent, and a way to answer. */
async function dial(driver: Driver) {
  const { url } = await driver.client(driver.playground.appToken).apps.connections.open();
  const socket = new WebSocket(String(url));
  sockets.push(socket);
  const received: Envelope[] = [];
  socket.on("message", (data: Buffer) => received.push(JSON.parse(data.toString("utf8")) as Envelope));
  await eventually(() => received[0]);
  return {
    socket,
    received,
    url: String(url),
    ack: (envelope: Envelope, payload?: object) =>
      socket.send(JSON.stringify({ envelope_id: envelope.envelope_id, payload })),
  };
}

it("greets, wraps payloads in envelopes and takes their acknowledgement", async () => {
  const driver = await drive();
  const { received, ack } = await dial(driver);
  expect(received[0]).toMatchObject({
    type: "hello",
    num_connections: 1,
    connection_info: { app_id: "A00JIBSA" },
  });

  const answer = driver.post("command", { user: "minji", channel: "@jibsa", command: "/ask", text: "a & b" });
  const command = await eventually(() => received[1]);
  expect(command).toMatchObject({
    type: "slash_commands",
    accepts_response_payload: true,
    payload: { command: "/ask", text: "a &amp; b", channel_name: "directmessage", user_name: "minji" },
  });
  ack(command, { text: "yes" });
  expect(await answer).toMatchObject({ acked: true, shown: { text: "yes" } });

  await driver.post("say", { user: "minji", channel: "general", text: "hi" });
  const event = await eventually(() => received[2]);
  expect(event).toMatchObject({
    type: "events_api",
    accepts_response_payload: false,
    retry_attempt: 0,
    payload: {
      type: "event_callback",
      team_id: "T00JIBSA",
      authorizations: [{ user_id: "U00JIBSA", is_bot: true }],
    },
  });
});

it("asks to reconnect, sends nothing more there, and loses nothing meanwhile", async () => {
  const driver = await drive();
  const first = await dial(driver);
  await driver.post("faults", { event: "message", kind: "disconnect" });
  await driver.post("say", { user: "minji", channel: "general", text: "in between" });
  expect(await eventually(() => first.received[1])).toMatchObject({
    type: "disconnect",
    reason: "refresh_requested",
  });
  const second = await dial(driver);
  expect(await eventually(() => second.received[1])).toMatchObject({
    payload: { event: { text: "in between" } },
  });
  expect(first.received).toHaveLength(2);
});

it("brings an unacknowledged event to another connection when its own is lost", async () => {
  const driver = await drive();
  const first = await dial(driver);
  await driver.post("say", { user: "minji", channel: "general", text: "hi" });
  const lost = await eventually(() => first.received[1]);
  const second = await dial(driver);
  first.socket.terminate();
  const again = await eventually(() => second.received[1]);
  expect(again).toMatchObject({ retry_attempt: 1, retry_reason: "timeout", payload: lost["payload"] });
  expect(again.envelope_id).not.toBe(lost.envelope_id);
});

it("takes a ticket once, ten connections, and any nonsense on the wire", async () => {
  const driver = await drive();
  const { url, socket } = await dial(driver);
  const twice = new WebSocket(url);
  expect(await new Promise((resolve) => twice.on("error", (error) => resolve(error.message)))).toContain(
    "403",
  );
  for (const nonsense of ["", "{", "[]", "null", '{"envelope_id":1}', '{"envelope_id":"x","payload":"y"}'])
    socket.send(nonsense);
  socket.send(Buffer.from([0, 255]));
  for (let count = 1; count < 10; count++) await dial(driver);
  const refused = driver.client(driver.playground.appToken).apps.connections.open();
  await expect(refused).rejects.toThrow("too_many_websockets");

  const { port } = new URL(driver.playground.url);
  for (const raw of [
    "garbage\r\n\r\n",
    `GET // HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    "GET / HTTP/1.1\r\n\r\n",
  ]) {
    const answer = await new Promise<string>((resolve) => {
      const raws = connect(Number(port), "127.0.0.1", () => raws.end(raw));
      raws.on("data", (data) => resolve(data.toString("latin1")));
    });
    expect(answer).toMatch(/^HTTP\/1.1 40[03]/);
  }
  expect((await driver.get("people")).ok).toBe(true);
});
