import { expect, test } from "vitest";
import { pictureAt } from "./sprite";

test("each tenth has its picture, and the ends have the first and the last", () => {
  expect([-1, 0, 0.05, 0.1, 0.95, 1, 2].map(pictureAt)).toEqual([0, 0, 0, 1, 9, 9, 9]);
});
