import { expect, test } from "vitest";
import { describe, keysAt, type Schema, valuesAt } from "./schema";

const schema: Schema = {
  type: "object",
  $defs: {
    Camera: {
      type: "object",
      properties: {
        detect: { anyOf: [{ $ref: "#/$defs/Detect" }, { type: "null" }] },
        inputs: { type: "array", items: { $ref: "#/$defs/Input" }, description: "Streams." },
      },
    },
    Detect: {
      type: "object",
      description: "Object detection.",
      properties: {
        enabled: { type: "boolean", default: false, description: "Find objects." },
        fps: { type: "number", default: 5, exclusiveMinimum: 0, maximum: 60, description: "Frames." },
        mode: { enum: ["all", "motion"], type: "string", default: "motion" },
      },
    },
    Input: { type: "object", properties: { roles: { type: "array", items: { enum: ["detect", "record"] } } } },
  },
  properties: {
    cameras: { anyOf: [{ additionalProperties: { $ref: "#/$defs/Camera" }, type: "object" }, { type: "null" }] },
    old: { type: "string", deprecated: true },
  },
};

test("knows the keys of a map behind references, choices and names", () => {
  expect(keysAt(schema, ["cameras", "front", "detect"]).map(({ name }) => name)).toEqual(["enabled", "fps", "mode"]);
  expect(keysAt(schema, []).map(({ name, deprecated }) => [name, deprecated])).toEqual([
    ["cameras", false],
    ["old", true],
  ]);
  expect(keysAt(schema, ["cameras", "front", "inputs", "[]"]).map(({ name }) => name)).toEqual(["roles"]);
  expect(keysAt(schema, ["nothing"])).toEqual([]);
});

test("says what a key is", () => {
  expect(describe(schema, ["cameras", "front", "detect", "fps"])).toEqual({
    name: "fps",
    description: "Frames.",
    form: "number, > 0, ≤ 60",
    otherwise: "5",
    holds: null,
    deprecated: false,
  });
  expect(describe(schema, ["cameras", "front", "detect"])).toMatchObject({
    description: "Object detection.",
    holds: "map",
  });
  expect(describe(schema, ["cameras", "front", "inputs"])?.holds).toBe("list");
  expect(describe(schema, ["cameras", "front", "nothing"])).toBeNull();
});

test("offers values", () => {
  expect(valuesAt(schema, ["cameras", "front", "detect", "enabled"])).toEqual(["true", "false"]);
  expect(valuesAt(schema, ["cameras", "front", "detect", "mode"])).toEqual(["all", "motion"]);
  expect(valuesAt(schema, ["cameras", "front", "inputs", "[]", "roles", "[]"])).toEqual(["detect", "record"]);
});
