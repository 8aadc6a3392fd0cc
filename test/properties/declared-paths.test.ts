import { randomInt } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { EngineKind, PlatformObject, Stage, StageParams } from "#src/actions/ports.ts";
import { readPath, writePath } from "#src/actions/training/object-path.ts";
import { parseStageParams } from "#src/actions/training/stage-catalogue.ts";
import { renderFixture, renderingEngines, stageOfEvery } from "#test/fixtures/stage-of-every-engine.ts";
import { hostileText, hostileValue } from "./hostile-values.ts";
import { createRandom, type Random } from "./random.ts";
import { resolvePath, undeclaredChanges } from "./undeclared-changes.ts";

const INPUTS = 10_000;
/** JIBSA_PROPERTY_SEED plays a failure again. */
const SEED = Number(process.env["JIBSA_PROPERTY_SEED"] ?? randomInt(2 ** 31));
const kinds = Object.keys(stageOfEvery) as EngineKind[];

type Render = (stage: Stage, params: StageParams, requestId: string) => PlatformObject;

/** The first input whose object differs from its template where nothing was declared. */
function findCounterexample(render: Render, inputs: number, seed = SEED, stagesOf = () => stageOfEvery) {
  const random = createRandom(seed);
  const stages = stagesOf();
  let rendered = 0;
  for (let index = 0; index < inputs; index += 1) {
    const kind = kinds[index % kinds.length] ?? random.pick(kinds);
    const stage = withMoreParameters(stages[kind], random);
    const params = random.isChosen(0.5) ? typedParams(stage, random) : rawParams(stage, random);
    if (params === undefined) continue;
    rendered += 1;
    const before = JSON.stringify(stage);
    const object = render(stage, params, `r${index}`);
    const changes = [
      ...undeclaredChanges(stage, object),
      ...(JSON.stringify(stage) === before ? [] : ["the stage itself was changed"]),
      ...unkept(kind, stage, params, object),
    ];
    if (changes.length > 0) return { rendered, counterexample: { index, kind, params, changes } };
  }
  return { rendered };
}

/** Up to three more parameters, at leaves that the fixture's author did not think of, or that the template does not have yet. */
function withMoreParameters(stage: Stage, random: Random): Stage {
  const leaves = leavesOf(stage.template["spec"], ["spec"]);
  const placeOf = (path: Stage["parameters"][number]["path"]) => resolvePath(stage.template, path).join("/");
  const taken = stage.parameters.map(({ path }) => placeOf(path));
  const added = Array.from({ length: random.below(4) }, (_, index) => {
    const leaf = random.pick(leaves);
    const path = random.isChosen(0.2) ? [...leaf.slice(0, -1), `new-${index}`] : leaf;
    return {
      name: `more-${index}`,
      summary: { en: "x", ko: "x" },
      type: "string" as const,
      default: "standard",
      path,
    };
  }).filter(({ path }, index, all) => {
    const place = placeOf(path);
    return !taken.includes(place) && all.findIndex((one) => placeOf(one.path) === place) === index;
  });
  return { ...stage, parameters: [...stage.parameters, ...added] };
}

/** Not the elements of lists themselves, nor the names by which other parameters find theirs. */
function leavesOf(node: unknown, path: readonly (string | number)[]): readonly (string | number)[][] {
  const last = path.at(-1);
  if (node === null || typeof node !== "object")
    return typeof last === "number" || last === "name" ? [] : [[...path]];
  return Array.isArray(node)
    ? node.flatMap((item, index) => leavesOf(item, [...path, index]))
    : Object.entries(node).flatMap(([key, value]) => leavesOf(value, [...path, key]));
}

/** As typed: undefined where the fields refuse it. */
function typedParams(stage: Stage, random: Random): StageParams | undefined {
  const given: Record<string, string> = {};
  for (const { name, choices } of stage.parameters)
    if (random.isChosen(0.5))
      given[name] =
        choices === undefined || random.isChosen(0.5) ? hostileText(random) : String(random.pick(choices));
  if (random.isChosen(0.1))
    Object.defineProperty(given, hostileText(random), { value: "x", enumerable: true });
  const parsed = parseStageParams(stage, given);
  return parsed.ok ? parsed.value : undefined;
}

function rawParams(stage: Stage, random: Random): StageParams {
  const params = stage.parameters
    .filter(() => random.isChosen(0.7))
    .map(({ name }) => [name, hostileValue(random)] as const);
  return Object.fromEntries([...params, [hostileText(random), hostileText(random)]]);
}

/** A text arrives as it was given, wherever an engine does not say it in other words. */
function unkept(
  kind: EngineKind,
  stage: Stage,
  params: StageParams,
  object: PlatformObject,
): readonly string[] {
  if (kind === "katib-experiment") return [];
  return stage.parameters.flatMap(({ name, path }) => {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    const isText = typeof value === "string" && typeof readPath(stage.template, path) !== "number";
    return !isText || readPath(object, path) === value ? [] : [`${name} is not kept`];
  });
}

describe(`whatever is asked for (JIBSA_PROPERTY_SEED=${SEED})`, () => {
  it(`objects of all engines differ from their templates in declared paths alone, for ${INPUTS} inputs`, () => {
    const { rendered, counterexample } = findCounterexample(renderFixture, INPUTS);

    expect(counterexample, `JIBSA_PROPERTY_SEED=${SEED}`).toBeUndefined();
    expect(rendered).toBeGreaterThan(INPUTS / 2);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it("every engine of the registry is among them", () => {
    expect(kinds.toSorted()).toEqual([...renderingEngines.keys()].toSorted());
  });

  it.each<[string, RegExp, Render]>([
    [
      "that templates objects as text",
      /is not kept|->|of its kind/,
      (stage, params, requestId) => {
        const { default: standard, name } = stage.parameters[0] ?? { default: "", name: "" };
        const rendered = renderFixture(stage, { ...params, [name]: standard }, requestId);
        const text = JSON.stringify(rendered).replace(JSON.stringify(standard), `"${String(params[name])}"`);
        return readJson(text) ?? rendered;
      },
    ],
    [
      "that writes one field more",
      /^spec\/hostNetwork: nothing -> true$/,
      (stage, params, requestId) => {
        const object = renderFixture(stage, params, requestId);
        writePath(object, ["spec", "hostNetwork"], true);
        return object;
      },
    ],
    [
      "that loses a field where a value is empty",
      /^spec\/.* -> nothing$/,
      (stage, params, requestId) => {
        const object = renderFixture(stage, params, requestId);
        const spec = object["spec"] as Record<string, unknown>;
        if (Object.values(params).includes("")) delete spec[Object.keys(spec)[0] ?? ""];
        return object;
      },
    ],
    [
      "that takes the namespace from a parameter",
      /^metadata\/namespace: nothing -> "metadata.namespace"$/,
      (stage, params, requestId) => {
        const object = renderFixture(stage, params, requestId);
        const given = Object.values(params).find((value) => value === "metadata.namespace");
        if (given !== undefined) object.metadata.namespace = given;
        return object;
      },
    ],
    [
      "that follows __proto__",
      /^metadata\/labels\/__proto__/,
      (stage, params, requestId) => {
        const object = renderFixture(stage, params, requestId);
        if (Object.values(params).includes("__proto__"))
          object.metadata.labels = JSON.parse('{"__proto__": {"x": "y"}}') as Record<string, string>;
        return object;
      },
    ],
    [
      "that writes into the catalogue",
      /^the stage itself was changed$/,
      (stage, params, requestId) => {
        const copy = structuredClone(stage);
        const object = renderFixture(copy, params, requestId);
        writePath(stage.template, ["metadata"], {});
        return object;
      },
    ],
    [
      "that trims texts",
      / is not kept$/,
      (stage, params, requestId) => {
        const trimmed = Object.entries(params).map(([name, value]) => [
          name,
          typeof value === "string" ? value.trim() : value,
        ]);
        return renderFixture(stage, Object.fromEntries(trimmed) as StageParams, requestId);
      },
    ],
  ])("an engine %s is found out", (_what, expected, broken) => {
    const { counterexample } = findCounterexample(
      (stage, params, requestId) => broken(stage, params, requestId),
      INPUTS,
      1,
      () => structuredClone(stageOfEvery),
    );

    expect(counterexample?.changes.join("\n")).toMatch(new RegExp(expected, "m"));
  });
});

function readJson(text: string): PlatformObject | undefined {
  try {
    return JSON.parse(text) as PlatformObject;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
