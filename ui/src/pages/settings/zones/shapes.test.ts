import { expect, test } from "vitest";
import type { CameraConfig } from "../../../lib/config";
import { changes, fresh, shapesOf } from "./shapes";

const camera = {
  name: "front",
  zones: {
    porch: {
      coordinates: "0.1,0.1,0.5,0.1,0.5,0.5",
      enabled: true,
      objects: ["person"],
      inertia: 3,
      loitering_time: 0,
      friendly_name: "Porch",
      color: [1, 2, 3],
    },
  },
  motion: { mask: [{ name: "tree", enabled: true, coordinates: "0,0,0.2,0,0.2,0.2" }] },
  objects: {
    track: ["person"],
    mask: [{ name: "sky", enabled: true, coordinates: "0,0,1,0,1,0.1" }],
    filters: { person: { mask: [{ name: "statue", enabled: false, coordinates: "0.8,0.8,0.9,0.8,0.9,0.9" }] } },
  },
  privacy_masks: [],
} as unknown as CameraConfig;

test("reads zones and all kinds of masks", () => {
  const shapes = shapesOf(camera);
  expect(shapes.map(({ kind, key, label }) => [kind, key, label])).toEqual([
    ["zone", "porch", ""],
    ["motion_mask", "tree", ""],
    ["object_mask", "sky", ""],
    ["object_mask", "statue", "person"],
  ]);
  expect(shapes[0]?.colour).toBe("rgb(1 2 3)");
  expect(shapes[3]?.enabled).toBe(false);
});

test("nothing changes if nothing was changed", () => {
  expect(changes(shapesOf(camera), shapesOf(camera))).toEqual({});
});

test("writes only the keys of a zone that were changed", () => {
  const before = shapesOf(camera);
  const after = before.map((one) => (one.key === "porch" ? { ...one, loitering: 4, objects: [] } : one));
  expect(changes(before, after)).toEqual({ zones: { porch: { loitering_time: 4, objects: [] } } });
});

test("names a new zone after what people call it", () => {
  const before = shapesOf(camera);
  const zone = fresh("zone", "Porch", [
    [0, 0],
    [1, 0],
    [1, 1],
  ]);
  expect(changes(before, [...before, zone])).toEqual({
    zones: { porch_2: { coordinates: "0,0,1,0,1,1", friendly_name: "Porch" } },
  });
});

test("takes zones and masks out", () => {
  const before = shapesOf(camera);
  const after = before.filter(({ key }) => key !== "porch" && key !== "tree" && key !== "statue");
  expect(changes(before, after)).toEqual({
    zones: { porch: null },
    motion: { mask: null },
    objects: { filters: { person: { mask: null } } },
  });
});

test("writes lists of masks as a whole", () => {
  const before = shapesOf(camera);
  const mask = fresh("motion_mask", "Flag pole", [
    [0, 0],
    [0.1, 0],
    [0.1, 0.1],
  ]);
  expect(changes(before, [...before, mask])).toEqual({
    motion: {
      mask: [
        { name: "tree", coordinates: "0,0,0.2,0,0.2,0.2" },
        { name: "flag_pole", friendly_name: "Flag pole", coordinates: "0,0,0.1,0,0.1,0.1" },
      ],
    },
  });
});

test("keeps masks that have no names", () => {
  const plain = { ...camera, motion: { mask: ["0,0,0.2,0,0.2,0.2"] } } as unknown as CameraConfig;
  const before = shapesOf(plain);
  const mask = fresh("motion_mask", "Flag", [
    [0, 0],
    [0.1, 0],
    [0.1, 0.1],
  ]);
  expect(changes(before, [...before, mask])).toEqual({
    motion: {
      mask: [
        { name: "mask_1", coordinates: "0,0,0.2,0,0.2,0.2" },
        { name: "flag", friendly_name: "Flag", coordinates: "0,0,0.1,0,0.1,0.1" },
      ],
    },
  });
});
