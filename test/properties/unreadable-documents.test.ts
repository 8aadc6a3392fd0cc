import { randomInt } from "node:crypto";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createMilvusVectorIndex } from "#src/rag/adapters/milvus-vector-index.ts";
import { createRag } from "#src/rag/create-rag.ts";
import type { ChatModel, Embedder, Reranker, VectorIndex } from "#src/rag/ports.ts";
import { loadPrompts } from "#src/rag/prompts.ts";
import { createInMemoryVectorIndex } from "#test/fakes/in-memory-vector-index.ts";
import { createSourceOfPages } from "#test/fixtures/source-of-pages.ts";
import { startTestMilvus } from "#test/servers/milvus-lite.ts";
import { startTestPostgres, type TestPostgres } from "#test/servers/postgres.ts";
import { createRandom } from "./random.ts";
import { createWorldOfReaders } from "./world-of-readers.ts";

const SEED = Number(process.env["JIBSA_PROPERTY_SEED"] ?? randomInt(2 ** 31));
const PAGES = 50;

let postgres: TestPostgres;
let milvus: Awaited<ReturnType<typeof startTestMilvus>>;
beforeAll(async () => {
  [postgres, milvus] = await Promise.all([startTestPostgres(), startTestMilvus()]);
}, 120_000);
afterAll(() => Promise.all([postgres.close(), milvus.close()]));

/** Says everything that it was given, and cites all of it. */
const parrot: ChatModel = {
  name: "parrot",
  isReachable: async () => true,
  async *stream({ user }) {
    const given = [...user.matchAll(/^\[(\d+)\] ([^]*?)(?=^\[\d+\] |^<\/)/gm)];
    yield given.map(([, number = "", text = ""]) => `${text.replaceAll("\n", " ")} [${number}]`).join("\n\n");
  },
};
/** Takes what has the same letters for near, which is as good as chance. */
const embedder: Embedder = {
  name: "letters",
  isReachable: async () => true,
  dimension: async () => 8,
  embed: async (texts) =>
    texts.map((text) => {
      const parts = Array.from({ length: 8 }, () => 0.01);
      for (const character of text) {
        const at = (character.codePointAt(0) ?? 0) % 8;
        parts[at] = (parts[at] ?? 0) + 1;
      }
      const length = Math.hypot(...parts);
      return Float32Array.from(parts, (part) => part / length);
    }),
};
const reranker: Reranker = {
  name: "lengths",
  isReachable: async () => true,
  score: async (_question, texts) => texts.map((text) => text.length % 7),
};

/** Stands in the title, the headings, the text and the address of one page, and nowhere else. */
const markOf = (page: number): string => `zq${String(page).padStart(4, "0")}x`;

async function askQuestions(
  index: VectorIndex,
  count: number,
  changeEvery: number,
  meaning: { embedder?: Embedder; reranker?: { model: Reranker; passages: number } } = {},
) {
  const { store } = await postgres.createDatabase();
  const random = createRandom(SEED);
  const world = createWorldOfReaders(random, store);
  const source = createSourceOfPages({});
  for (let page = 0; page < PAGES; page += 1) {
    const [topic, other] = [random.pick(world.topics), random.pick(world.topics)];
    const mark = markOf(page);
    source.pages[`${mark}.md`] =
      `# ${topic} ${mark}\n\nThe ${topic} of ${mark} is kept by the ${other}.\n\n## ${mark} ${other}\n\nThe ${other} needs ${mark}.\n`;
    source.readersOf[`${mark}.md`] = world.anyReaders();
  }
  const options = {
    store,
    index,
    sources: [source],
    prompts: await loadPrompts(join(import.meta.dirname, "../../prompts")),
    logger: pino({ level: "silent" }),
    ...meaning,
  };
  const quoting = createRag(options);
  const writing = createRag({ ...options, model: parrot });
  await quoting.sync("pages");
  const leaks: string[] = [];
  let restrictedShown = 0;
  let byNearness = 0;
  for (let number = 0; number < count; number += 1) {
    if (number % changeEvery === changeEvery - 1) {
      world.change();
      source.readersOf[`${markOf(random.below(PAGES))}.md`] = world.anyReaders();
      await quoting.sync("pages");
    }
    const place = world.anyPlace();
    const mark = markOf(random.below(PAGES));
    const topic = random.pick(world.topics);
    const text = random.pick([
      `What is the ${topic} of ${mark}?`,
      `${topic}?`,
      `Which ${topic} needs the ${random.pick(world.topics)}?`,
      `${topic}은 누가 관리해요?`,
      "Tell me about lunch on Fridays",
    ]);
    const rag = number % 2 === 0 ? quoting : writing;
    const audiences = await world.audiencesAt(place);
    const shown: string[] = [];
    for await (const event of rag.answer({ text, locale: "en", audiences })) {
      // The words of the question come back as what was searched for.
      const trace = "found" in event && event.found !== undefined ? { ...event.found, words: [] } : undefined;
      shown.push(JSON.stringify(trace === undefined ? event : { ...event, found: trace }));
    }
    if (shown.some((event) => event.includes('"vectors":"used"'))) byNearness += 1;
    for (const found of new Set(shown.join("\n").match(/zq\d{4}x/g))) {
      const readers = source.readersOf[`${found}.md`] ?? "public";
      if (!world.mayBeRead(place, readers)) leaks.push(`${found} at ${JSON.stringify(place)}: ${text}`);
      else if (readers !== "public") restrictedShown += 1;
    }
  }
  const states = [];
  for (let number = 0; number < 50; number += 1) {
    const place = world.anyPlace();
    const [state] = await quoting.sourceStates(await world.audiencesAt(place));
    const readable = Object.keys(source.pages).filter((path) =>
      world.mayBeRead(place, source.readersOf[path] ?? "public"),
    );
    states.push([state?.pages, state?.total], [readable.length, readable.length === PAGES ? PAGES : 0]);
  }
  return { leaks, restrictedShown, byNearness, states };
}

it(
  `10,000 questions by anybody anywhere show nothing of what not all who see the answer may read (JIBSA_PROPERTY_SEED=${SEED})`,
  { timeout: 300_000 },
  async () => {
    const { leaks, restrictedShown, states } = await askQuestions(createInMemoryVectorIndex(), 10_000, 250);

    expect(leaks).toEqual([]);
    // It would prove nothing if nobody ever saw a restricted page.
    expect(restrictedShown).toBeGreaterThan(1_000);
    for (let at = 0; at < states.length; at += 2) expect(states[at]).toEqual(states[at + 1]);
  },
);

it(
  `400 questions to Milvus Lite, by words and by nearness, show nothing of it either (JIBSA_PROPERTY_SEED=${SEED})`,
  { timeout: 300_000 },
  async () => {
    const index = createMilvusVectorIndex({ address: milvus.address, collection: "readers" });

    const { leaks, restrictedShown, byNearness } = await askQuestions(index, 400, 100, {
      embedder,
      reranker: { model: reranker, passages: 8 },
    });

    await index.close();
    expect(leaks).toEqual([]);
    expect(restrictedShown).toBeGreaterThan(40);
    expect(byNearness).toBeGreaterThan(300);
  },
);
