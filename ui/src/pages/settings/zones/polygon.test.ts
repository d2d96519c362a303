import { expect, test } from "vitest";
import * as polygon from "./polygon";

const square: polygon.Point[] = [
  [0.2, 0.2],
  [0.6, 0.2],
  [0.6, 0.6],
  [0.2, 0.6],
];

test("reads and writes both forms of coordinates", () => {
  expect(polygon.parse("0.1,0.2, 0.3,0.4")).toEqual([
    [0.1, 0.2],
    [0.3, 0.4],
  ]);
  expect(polygon.parse(["0,0.5", "1,1"])).toEqual([
    [0, 0.5],
    [1, 1],
  ]);
  expect(polygon.parse("")).toEqual([]);
  expect(polygon.parse("0.1,x,0.2,0.3")).toEqual([[0.2, 0.3]]);
  expect(polygon.format([[1 / 3, 0.5]])).toBe("0.3333,0.5");
});

test("a point that is moved stays in the picture", () => {
  expect(polygon.moved(square, 1, [1.4, -0.1])[1]).toEqual([1, 0]);
  expect(polygon.moved(square, 1, [1.4, -0.1])[0]).toEqual([0.2, 0.2]);
});

test("a polygon that is moved keeps its form at the edge", () => {
  const found = polygon.shifted(square, [0.9, -0.9]);
  expect(polygon.format(found)).toBe("0.6,0,1,0,1,0.4,0.6,0.4");
  expect(polygon.area(found)).toBeCloseTo(polygon.area(square));
});

test("points are inserted and taken out, down to three", () => {
  const five = polygon.inserted(square, 3, polygon.middle(square, 3));
  expect(five).toHaveLength(5);
  expect(five[4]).toEqual([0.2, 0.4]);
  expect(polygon.without(five, 4)).toEqual(square);
  const three = polygon.without(square, 0);
  expect(polygon.without(three, 0)).toEqual(three);
});

test("tells what is inside and how large it is", () => {
  expect(polygon.contains(square, [0.4, 0.4])).toBe(true);
  expect(polygon.contains(square, [0.7, 0.4])).toBe(false);
  expect(polygon.area(square)).toBeCloseTo(0.16);
});

test("notices sides that cross", () => {
  expect(polygon.crosses(square)).toBe(false);
  expect(polygon.crosses([square[0]!, square[2]!, square[1]!, square[3]!])).toBe(true);
  expect(polygon.crosses(square.slice(0, 3))).toBe(false);
});
