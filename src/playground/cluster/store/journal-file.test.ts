import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KubernetesObject } from "../objects/kubernetes-object.ts";
import { openJournalFile } from "./journal-file.ts";
import { createObjectStore } from "./object-store.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jibsa-journal-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const object = (name: string, value = ""): KubernetesObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "n", uid: `uid-${name}`, resourceVersion: "", creationTimestamp: "" },
  data: { value },
});
function open(base = join(folder, "objects")) {
  const journal = openJournalFile(base);
  const store = createObjectStore({ ...(journal.initial && { initial: journal.initial }), journal });
  return { journal, store, close: () => journal.close() };
}
const contentsOf = ({ store }: ReturnType<typeof open>) => ({
  version: store.resourceVersion(),
  objects: store.list("/configmaps"),
});

describe("the journal", () => {
  it("gives back what was written, changed and removed", () => {
    const first = open();
    first.store.put("/configmaps", object("a"));
    first.store.put("/configmaps", object("a", "2"));
    first.store.remove("/configmaps", first.store.put("/configmaps", object("b")));
    const before = contentsOf(first);
    first.close();

    expect(contentsOf(open())).toEqual(before);
    expect(before).toMatchObject({ version: 5, objects: [{ data: { value: "2" } }] });
  });

  it("is cut off behind the last whole line, wherever the write was torn", () => {
    const first = open();
    first.store.put("/configmaps", object("a"));
    const whole = contentsOf(first);
    first.store.put("/configmaps", object("가나다", "\u2028 끝"));
    first.close();
    const path = join(folder, "objects.journal.ndjson");
    const bytes = readFileSync(path);
    const lineStart = bytes.indexOf(0x0a) + 1;

    fc.assert(
      fc.property(fc.integer({ min: lineStart, max: bytes.length - 1 }), (length) => {
        writeFileSync(path, bytes.subarray(0, length));
        const again = open();
        expect(contentsOf(again)).toEqual(whole);
        again.store.put("/configmaps", object("b"));
        again.close();
        const third = open();
        expect(third.store.list("/configmaps").map(({ metadata }) => metadata.name)).toEqual(["a", "b"]);
        third.close();
      }),
      { numRuns: 40 },
    );
  });

  it("stops at damage in the middle and names the file", () => {
    const first = open();
    first.store.put("/configmaps", object("a"));
    first.close();
    appendFileSync(join(folder, "objects.journal.ndjson"), '{"half":\n{"resourceVersion":9}\n');

    expect(() => open()).toThrow(
      /Line 2 of the simulated cluster's journal .*objects\.journal\.ndjson is damaged/,
    );
  });

  it("is put together now and then, and nobody else can read it", () => {
    const first = open();
    for (let number = 0; number < 5_010; number += 1)
      first.store.put("/configmaps", object("a", String(number)));
    const before = contentsOf(first);
    first.close();

    expect(readdirSync(folder).toSorted()).toEqual(["objects.journal.ndjson", "objects.snapshot.json"]);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, "objects.journal.ndjson"), "utf8").trim().split("\n")).toHaveLength(10);
    expect(contentsOf(open())).toEqual(before);
  });

  it("counts nothing twice when it died between the snapshot and the emptying", () => {
    const first = open();
    first.store.put("/configmaps", object("a", "1"));
    const journal = readFileSync(join(folder, "objects.journal.ndjson"));
    first.store.put("/configmaps", object("a", "2"));
    first.journal.compact(first.store.state());
    const before = contentsOf(first);
    first.close();
    writeFileSync(join(folder, "objects.journal.ndjson"), journal);

    expect(contentsOf(open())).toEqual(before);
  });
});
