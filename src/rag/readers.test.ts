import { describe, expect, it } from "vitest";
import { audienceOf, mayRead, type Readers, readersOfBoth } from "./readers.ts";

const of = (...names: string[]) => new Set(names);

describe("the id of an audience", () => {
  it("is the same however the same readers are written down", () => {
    const one = audienceOf({ allOf: [["group:ml", "email:kim@example.com"], ["role:lead"]] });
    const other = audienceOf({
      allOf: [["role:lead"], ["email:Kim@Example.com", "group:@ML", "group:ml"], ["role:lead"]],
    });

    expect(other).toEqual(one);
    expect(one.id).toMatch(/^a[0-9a-f]{24}$/);
  });

  it("is another one for every other set of readers", () => {
    const sets: Readers[] = [
      "public",
      { allOf: [] },
      { allOf: [["group:a"]] },
      { allOf: [["group:a", "group:b"]] },
      { allOf: [["group:a"], ["group:b"]] },
      { allOf: [["group:a,group:b"]] },
      { allOf: [["person:U1"]] },
      { allOf: [["person:u1"]] },
    ];

    expect(new Set(sets.map((readers) => audienceOf(readers).id)).size).toBe(sets.length);
  });
});

describe("who may read", () => {
  it.each<[string, Readers, ReadonlySet<string>, boolean]>([
    ["anybody what is public", "public", of(), true],
    ["whoever is named", { allOf: [["person:U1", "group:ml"]] }, of("group:ml"), true],
    ["nobody else", { allOf: [["person:U1", "group:ml"]] }, of("person:U2"), false],
    [
      "whoever is in each of the lists",
      { allOf: [["group:ml"], ["role:lead"]] },
      of("group:ml", "role:lead"),
      true,
    ],
    ["nobody who is in one of them only", { allOf: [["group:ml"], ["role:lead"]] }, of("group:ml"), false],
    ["nobody under an empty list", { allOf: [["group:ml"], []] }, of("group:ml"), false],
    ["nobody where there is no list", { allOf: [] }, of("group:ml"), false],
    ["nobody by another system's group", { allOf: [["confluence:ml"]] }, of("group:ml"), false],
  ])("%s", (_title, readers, names, expected) => {
    expect(mayRead(readers, names)).toBe(expected);
    expect(mayRead(audienceOf(readers).readers, names)).toBe(expected);
  });
});

describe("the readers of both", () => {
  const leads: Readers = { allOf: [["group:leads"]] };
  const team: Readers = { allOf: [["group:team"]] };

  it("are those who are readers of each, and nobody where one of them is nobody", () => {
    expect(readersOfBoth("public", leads)).toEqual(leads);
    expect(readersOfBoth(leads, "public")).toEqual(leads);
    expect(mayRead(readersOfBoth(leads, team), of("group:leads", "group:team"))).toBe(true);
    expect(mayRead(readersOfBoth(leads, team), of("group:leads"))).toBe(false);
    expect(mayRead(readersOfBoth({ allOf: [] }, team), of("group:team"))).toBe(false);
  });
});
