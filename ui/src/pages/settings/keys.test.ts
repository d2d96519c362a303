import { expect, test } from "vitest";
import { at, keyFor, merged, nest, paths, put, same } from "./keys";

test("reads by path, and finds nothing where nothing is", () => {
  const camera = { record: { continuous: { days: 3 } }, name: "front" };
  expect(at(camera, "record.continuous.days")).toBe(3);
  expect(at(camera, "record.motion.days")).toBeUndefined();
  expect(at(camera, "name.more")).toBeUndefined();
});

test("writes by path without a change of the original", () => {
  const before = { detect: { fps: 5, enabled: true } };
  expect(put(before, "detect.fps", 7)).toEqual({ detect: { fps: 7, enabled: true } });
  expect(put(before, "record.enabled", null)).toEqual({ ...before, record: { enabled: null } });
  expect(before.detect.fps).toBe(5);
});

test("nests and merges", () => {
  expect(nest({ "a.b": 1, "a.c.d": 2, e: 3 })).toEqual({ a: { b: 1, c: { d: 2 } }, e: 3 });
  expect(merged({ a: { b: 1 }, x: [1] }, { a: { c: 2 }, x: [2] })).toEqual({ a: { b: 1, c: 2 }, x: [2] });
});

test("compares what is missing and null as the same", () => {
  expect(same(undefined, null)).toBe(true);
  expect(same(["a"], ["a"])).toBe(true);
  expect(same(0, null)).toBe(false);
});

test("makes keys of names", () => {
  expect(keyFor("Front door", [], "camera")).toBe("front_door");
  expect(keyFor("Hof, Süd/Straße", [], "camera")).toBe("hof_sud_strasse");
  expect(keyFor("門", ["camera"], "camera")).toBe("camera_2");
  expect(keyFor("Yard", ["yard", "yard_2"], "camera")).toBe("yard_3");
});

test("names what has changed", () => {
  expect(paths({ zones: { porch: null, yard: { inertia: 4 } }, objects: { track: ["person"] } })).toEqual([
    "zones.porch",
    "zones.yard.inertia",
    "objects.track",
  ]);
});
