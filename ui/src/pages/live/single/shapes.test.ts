import { expect, test } from "vitest";
import { masks, points } from "./shapes";

const size = { width: 1000, height: 500 };

test("fractions and pixels are both understood", () => {
  expect(points("0,0.5,1,0.5,1,1", size)).toBe("0,250 1000,250 1000,500");
  expect(points("0,250,1000,250,1000,500", size)).toBe("0,250 1000,250 1000,500");
  expect(points(["0", "0.5", "1", "0.5", "1", "1"], size)).toBe("0,250 1000,250 1000,500");
});

test("what is no shape is not drawn", () => {
  for (const wrong of ["", "1,2", "0,0,1", "a,b,c,d,e,f", null, 7, "0,0,1,1,0.5"])
    expect(points(wrong, size)).toBeNull();
});

test("masks come as one, as a list, or by name", () => {
  const one = "0,0,1,0,1,1";
  expect(masks(one, size)).toHaveLength(1);
  expect(masks([one, "bad"], size)).toHaveLength(1);
  expect(masks({ sky: { coordinates: one, enabled: true }, off: { coordinates: one, enabled: false } }, size)).toEqual([
    { name: "sky", points: "0,0 1000,0 1000,500" },
  ]);
  expect(masks(null, size)).toEqual([]);
});
