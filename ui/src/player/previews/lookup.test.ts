import { expect, test } from "vitest";
import { clipAt, fetchOrder, stillAt, stillsOf } from "./lookup";

test("the clip that covers a moment; at the hour the later one", () => {
  const clips = [
    { src: "a", start: 0.5, end: 3600 },
    { src: "b", start: 3600, end: 7200 },
  ];
  expect(clipAt(clips, 3599.9)?.src).toBe("a");
  expect(clipAt(clips, 3600)?.src).toBe("b");
  expect(clipAt(clips, 0)).toBeNull();
  expect(clipAt(clips, 7200)).toBeNull();
});

test("the newest picture at a moment or before", () => {
  const stills = stillsOf([
    "preview_a-30.500000.webp",
    "preview_a-10.000000.webp",
    "other",
    "preview_a-b-20.250000.webp",
  ]);
  expect(stills.map(({ at }) => at)).toEqual([10, 20.25, 30.5]);
  expect([5, 10, 20.2, 99].map((at) => stillAt(stills, at))).toEqual([0, 0, 0, 2]);
  expect(stillAt([], 5)).toBe(-1);
});

test("near pictures are fetched first, then some to both sides", () => {
  const order = fetchOrder(100, 1000, 24);
  expect(order.slice(0, 5)).toEqual([100, 101, 99, 102, 98]);
  expect(order).toHaveLength(24);
  expect(new Set(order).size).toBe(24);
  expect(fetchOrder(0, 3, 24)).toEqual([0, 1, 2]);
});
