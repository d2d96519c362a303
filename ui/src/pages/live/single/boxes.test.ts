import { expect, test } from "vitest";
import { current, taken } from "./boxes";

const after = {
  id: "1",
  camera: "front",
  label: "person",
  sub_label: null,
  score: 0.8,
  box: [1, 2, 3, 4],
  stationary: false,
  false_positive: false,
};

test("an object has the box of the newest message, until it ends", () => {
  const first = taken([], { type: "new", after }, "front", 0);
  expect(first).toHaveLength(1);
  const second = taken(
    first,
    { type: "update", after: { ...after, box: [5, 6, 7, 8], sub_label: ["Anna", 0.9] } },
    "front",
    9,
  );
  expect(second).toMatchObject([{ box: [5, 6, 7, 8], name: "Anna", told: 9 }]);
  expect(taken(second, { type: "end", after }, "front", 10)).toEqual([]);
});

test("other cameras and nonsense change nothing", () => {
  const boxes = taken([], { type: "new", after }, "front", 0);
  expect(taken(boxes, { type: "new", after: { ...after, camera: "back", id: "2" } }, "front", 1)).toBe(boxes);
  expect(taken(boxes, null, "front", 1)).toBe(boxes);
  expect(taken(boxes, { type: "update", after: { ...after, false_positive: true } }, "front", 1)).toEqual([]);
});

test("the box of what moves goes when nothing is told of it, that of what stands stays", () => {
  const moving = taken([], { type: "new", after }, "front", 0);
  expect(current(moving, 1000)).toHaveLength(1);
  expect(current(moving, 3000)).toHaveLength(0);
  const standing = taken([], { type: "new", after: { ...after, stationary: true } }, "front", 0);
  expect(current(standing, 60_000)).toHaveLength(1);
});
