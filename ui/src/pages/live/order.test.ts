import { expect, test } from "vitest";
import { inGroup, merged, moved, ordered, streamOf } from "./order";

const named = (...names: string[]) => names.map((name) => ({ name }));
const names = (all: { name: string }[]) => all.map(({ name }) => name).join("");

test("cameras follow the chosen order, new ones come last", () => {
  expect(names(ordered(named("a", "b", "c", "d"), ["c", "gone", "a"]))).toBe("cabd");
  expect(names(ordered(named("a", "b"), []))).toBe("ab");
});

test("a camera moves to a place, and not beyond the ends", () => {
  expect(moved(["a", "b", "c"], "a", 2)).toEqual(["b", "c", "a"]);
  expect(moved(["a", "b", "c"], "c", 0)).toEqual(["c", "a", "b"]);
  expect(moved(["a", "b", "c"], "b", 99)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b", "c"], "b", -1)).toEqual(["b", "a", "c"]);
});

test("arranging a group leaves the others in their places", () => {
  expect(merged(["a", "b", "c", "d"], ["d", "b"])).toEqual(["a", "d", "c", "b"]);
});

test("a group has its cameras, an unknown one has all", () => {
  const groups = { yard: { cameras: ["b", "birdseye"] } };
  expect(names(inGroup(named("a", "b"), groups, "yard"))).toBe("b");
  expect(names(inGroup(named("a", "b"), groups, "gone"))).toBe("ab");
  expect(names(inGroup(named("a", "b"), groups, null))).toBe("ab");
});

test("tiles take a small stream, single views the main one, unless one is chosen", () => {
  const streams = { Main: "front", Sub: "front_sub" };
  expect(streamOf("front", streams, null, true)).toBe("front_sub");
  expect(streamOf("front", streams, null, false)).toBe("front");
  expect(streamOf("front", streams, "Sub", false)).toBe("front_sub");
  expect(streamOf("front", streams, "gone", false)).toBe("front");
  expect(streamOf("front", { Subway: "front" }, null, true)).toBe("front");
  expect(streamOf("front", {}, null, true)).toBe("front");
});
