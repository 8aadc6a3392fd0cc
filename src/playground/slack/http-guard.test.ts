import { expect, it } from "vitest";
import { refuseRequest } from "./http-guard.ts";

it.each([
  [{ host: "127.0.0.1:4000" }],
  [{ host: "localhost:4000", origin: "http://localhost:4000" }],
  [{ host: "127.0.0.1:4000", "sec-fetch-site": "same-origin" }],
  [{ host: "127.0.0.1:4000", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }],
])("serves %j", (headers) => {
  expect(refuseRequest({ headers }, 4000)).toBeUndefined();
});

it.each([
  [{}],
  [{ host: "evil.example:4000" }],
  [{ host: "127.0.0.1:4001" }],
  [{ host: "127.0.0.1:4000", origin: "http://evil.example" }],
  [{ host: "127.0.0.1:4000", origin: "null" }],
  [{ host: "127.0.0.1:4000", origin: "http://127.0.0.1:3000" }],
  [{ host: "127.0.0.1:4000", "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
])("refuses %j", (headers) => {
  expect(refuseRequest({ headers }, 4000)).toMatch(/./);
});
