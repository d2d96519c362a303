import { expect, test } from "vitest";
import { MOST, movedBy, transform, WHOLE, zoomedAt } from "./zoom";

test("what is under the pointer stays there", () => {
  const near = zoomedAt(WHOLE, 4, 0.25, 0.5);
  expect(near).toEqual({ scale: 4, x: -0.75, y: -1.5 });
  expect((0.25 - near.x) / near.scale).toBeCloseTo(0.25);
});

test("the picture always covers its box", () => {
  expect(movedBy({ scale: 2, x: -0.5, y: -0.5 }, 9, -9)).toEqual({ scale: 2, x: 0, y: -1 });
  expect(zoomedAt({ scale: 3, x: -2, y: 0 }, 0.001, 0, 0)).toEqual({ scale: 1, x: 0, y: 0 });
  expect(zoomedAt(WHOLE, 1000, 0, 0).scale).toBe(MOST);
  expect(transform(WHOLE)).toBe("none");
  expect(transform({ scale: 2, x: -0.5, y: 0 })).toBe("translate(-50%, 0%) scale(2)");
});
