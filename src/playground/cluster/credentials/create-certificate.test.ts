import { createPrivateKey, X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createCertificate } from "./create-certificate.ts";

describe("a certificate of our own", () => {
  it("is valid now, for this machine's names, and signed by its own key", () => {
    const { certificate, key } = createCertificate(Date.now());

    const read = new X509Certificate(certificate);

    expect(read.subjectAltName).toBe("IP Address:127.0.0.1, DNS:localhost");
    expect(read.ca).toBe(true);
    expect(read.verify(read.publicKey)).toBe(true);
    expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(read.validFromDate.getTime()).toBeLessThan(Date.now());
    expect(read.validToDate.getFullYear()).toBeGreaterThan(new Date().getFullYear() + 8);
  });

  it("outlives 2050", () => {
    const { certificate } = createCertificate(Date.UTC(2045, 0, 1));

    expect(new X509Certificate(certificate).validToDate.getUTCFullYear()).toBe(2054);
  });
});
