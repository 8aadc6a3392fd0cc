import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createS3Source, type S3SourceOptions } from "#src/rag/adapters/s3-source/s3-source.ts";
import { documentSourceContract, type SourceWorld } from "#test/contracts/document-source-contract.ts";
import { startMoto, type S3Server } from "#test/servers/moto.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";

let moto: S3Server;
let postgres: TestPostgres;
beforeAll(async () => {
  [moto, postgres] = await Promise.all([startMoto(), startTestPostgres()]);
  await moto.createBucket("papers");
}, 600_000);
afterAll(() => Promise.all([moto.close(), postgres.close()]));

const open = (options: Partial<S3SourceOptions> = {}) =>
  createS3Source({
    name: "papers",
    endpoint: `${moto.url}/`,
    bucket: "papers",
    prefix: "docs/",
    keys: { accessKeyId: "test", secretKey: "test" },
    limits: { text: 1_000, document: 2_000 },
    ...options,
  });

let buckets = 0;

async function openBucket(): Promise<SourceWorld> {
  buckets += 1;
  const bucket = `docs-${buckets}`;
  await moto.createBucket(bucket);
  let endpoint = moto.url;
  const options = {
    name: "docs",
    bucket,
    keys: { accessKeyId: "test", secretKey: "test" },
    limits: { text: 1_048_576, document: 1_048_576 },
  };
  const source = createS3Source({ ...options, endpoint });
  return {
    source: {
      ...source,
      list: (signal) =>
        (endpoint === moto.url ? source : createS3Source({ ...options, endpoint })).list(signal),
    },
    put: (path, content) => moto.put(bucket, path, content),
    remove: (path) => moto.remove(bucket, path),
    async takeAway() {
      endpoint = "http://127.0.0.1:1";
    },
    close: async () => {},
  };
}

documentSourceContract("an S3 bucket", openBucket, async () => (await postgres.createDatabase()).store);

describe("an S3 bucket", () => {
  it("is listed below its prefix, over as many answers as it takes", async () => {
    const many = Array.from(
      { length: 1_050 },
      (_, number) => `docs/many/${String(number).padStart(4, "0")}.md`,
    );
    for (let start = 0; start < many.length; start += 50)
      await Promise.all(many.slice(start, start + 50).map((key) => moto.put("papers", key, "x")));
    await moto.put("papers", "other/a.md", "x");

    const { documents } = await open().list();

    expect(documents.map(({ path }) => path)).toEqual(many);
  });

  it("leaves out folders, hidden, large and other objects, and links where it is told", async () => {
    await moto.createBucket("mixed");
    await moto.put("mixed", "a&b <c>.md", "text");
    await moto.put("mixed", "guides/", "");
    await moto.put("mixed", ".hidden/a.md", "x");
    await moto.put("mixed", "large.md", "x".repeat(1_001));
    await moto.put("mixed", "large.pdf", "x".repeat(2_001));
    await moto.put("mixed", "model.safetensors", "x");
    const source = open({
      bucket: "mixed",
      prefix: undefined,
      link: "https://files.example.com/{path}?view",
    });

    const { documents, skipped } = await source.list();

    expect(documents.map(({ path }) => path)).toEqual(["a&b <c>.md"]);
    expect(Object.fromEntries(skipped.map(({ path, reason }) => [path, reason]))).toEqual({
      "large.md": "too-large",
      "large.pdf": "too-large",
      "model.safetensors": "not-a-text-format",
    });
    expect((await source.read("a&b <c>.md")).url).toBe("https://files.example.com/a%26b%20%3Cc%3E.md?view");
  });

  it("that is not there is not taken for empty", async () => {
    await expect(open({ bucket: "nowhere" }).list()).rejects.toThrow("404 NoSuchBucket");
  });
});
