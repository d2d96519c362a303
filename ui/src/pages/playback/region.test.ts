import { expect, test } from "vitest";
import { area, type Point, polygonOf, WHOLE } from "./region";

const circle = (count: number, radius: number): Point[] =>
  Array.from({ length: count }, (_, index) => {
    const angle = (index / count) * 2 * Math.PI;
    return [0.5 + radius * Math.cos(angle), 0.5 + radius * Math.sin(angle)];
  });

test("a drawn circle becomes a polygon with few corners and nearly its area", () => {
  const found = polygonOf(circle(500, 0.3)) as Point[];
  expect(found.length).toBeLessThanOrEqual(60);
  expect(found.length).toBeGreaterThan(8);
  expect(area(found)).toBeCloseTo(Math.PI * 0.09, 1);
});

test("what leaves the picture is cut off, and what encloses nothing is none", () => {
  const found = polygonOf([
    [-1, -1],
    [2, -1],
    [2, 0.5],
    [-1, 0.5],
  ]) as Point[];
  expect(found.flat().every((one) => one >= 0 && one <= 1)).toBe(true);
  expect(area(found)).toBeCloseTo(0.5);
  expect(polygonOf([[0.1, 0.1]])).toBeNull();
  expect(
    polygonOf([
      [0.1, 0.1],
      [0.5, 0.5],
      [0.9, 0.9],
    ]),
  ).toBeNull();
  expect(area(WHOLE)).toBe(1);
});
