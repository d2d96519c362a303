import { expect, test } from "vitest";
import { exportLength, type Item, joined } from "./items";
import { arrowStep, band, extent, layout, momentAt, type Shown, targetAt } from "./layout";

const NOW = 10_000;
const item = (kind: Item["kind"], start: number, end: number | null, id = "1"): Item => ({
  kind,
  id,
  camera: "b",
  start,
  end,
  text: "",
});
const shown = (items: Item[], range: [number, number] | null = null): Shown => ({
  view: [9000, 10_000],
  length: 1000,
  layout: layout(["a", "b"]),
  items,
  range,
  now: NOW,
});
const lane = (name: "alerts" | "detections") => {
  const { top, height } = band(layout(["a", "b"]).rows[1]!, name);
  return top + height / 2;
};

test("rows lie below the axis and share what is given", () => {
  expect(layout(["a", "b"])).toMatchObject({ across: 34 + 88, low: false });
  expect(layout(["a", "b", "c", "d", "e"]).rows[4]).toEqual({ camera: "e", top: 34 + 4 * 28, height: 28 });
  expect(layout(["a"], 364).rows[0]!.height).toBe(300);
});

test("a pointer finds the item of its lane, also a short one, and the shorter of two", () => {
  const long = item("alert", 9100, 9900);
  const short = item("alert", 9500, 9501, "2");
  const other = item("detection", 9500, 9510, "3");
  expect(targetAt(shown([long, short, other]), 500, lane("alerts"))).toEqual({ on: "item", item: short });
  expect(targetAt(shown([long, other]), 500, lane("alerts"))).toEqual({ on: "item", item: long });
  expect(targetAt(shown([other]), 496, lane("detections"))).toEqual({ on: "item", item: other });
  expect(targetAt(shown([other]), 480, lane("detections"))).toEqual({ on: "row", camera: "b" });
  expect(targetAt(shown([]), 480, 5)).toEqual({ on: "axis" });
  expect(targetAt(shown([]), 480, 999)).toEqual({ on: "nothing" });
});

test("handles of a range come first; of two that meet, the outer one", () => {
  expect(targetAt(shown([], [9200, 9400]), 204, 10)).toEqual({ on: "handle", side: 0 });
  expect(targetAt(shown([], [9200, 9400]), 395, 10)).toEqual({ on: "handle", side: 1 });
  expect(targetAt(shown([], [9200, 9201]), 196, 10)).toEqual({ on: "handle", side: 0 });
  expect(targetAt(shown([], [9200, 9201]), 206, 10)).toEqual({ on: "handle", side: 1 });
});

test("what goes on reaches to the present, and nothing is too small to be seen", () => {
  expect(extent(item("alert", 9500, null), [9000, 11_000], 1000, NOW)).toEqual([250, 500]);
  expect(extent(item("alert", 9500, 9500), [9000, 11_000], 1000, NOW)).toEqual([250, 253]);
});

test("arrows go on by round steps, and no moment lies in the future", () => {
  expect(arrowStep([0, 3600], 1000)).toBe(30);
  expect(arrowStep([0, 0.5], 1000)).toBe(0.1);
  expect(momentAt([9000, 11_000], 1000, 900, NOW)).toBe(NOW);
});

test("gaps that meet at the border of tiles are one", () => {
  const gap = (start_time: number, end_time: number) => ({ start_time, end_time });
  expect(joined([gap(50, 60), gap(10, 20), gap(20, 30), gap(12, 14)])).toEqual([gap(10, 30), gap(50, 60)]);
});

test("the length of an export is in its file's name", () => {
  expect(exportLength("/media/frigate/exports/front_20251118_235950-20251119_000008_cgj1km.mp4")).toBe(18);
  expect(exportLength("x.mp4")).toBeNull();
});
