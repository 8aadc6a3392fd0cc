import { expect, it } from "vitest";
import { encodeStrictly, signRequest } from "./sign-request.ts";

it("signs as the example of AWS' own documentation does", () => {
  const url = new URL("https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J");
  const keys = {
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  };

  const { authorization } = signRequest(url, keys, "us-east-1", new Date("2013-05-24T00:00:00Z"));

  expect(authorization).toContain(
    "Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  );
});

it("encodes every sign that is not plain", () => {
  expect(encodeStrictly("가 !'()*~-._/")).toBe("%EA%B0%80%20%21%27%28%29%2A~-._%2F");
});
