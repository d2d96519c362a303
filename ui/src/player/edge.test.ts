import { expect, test } from "vitest";
import { hasSound, taken } from "./codecs";
import { step } from "./edge";

test("a player at the newest picture goes on as it is", () => {
  expect(step({ at: 9.8, ranges: [[0, 10]], rate: 1 })).toEqual({ rate: 1, seek: null });
  expect(step({ at: 0, ranges: [], rate: 1 })).toEqual({ rate: 1, seek: null });
});

test("a player that is a little behind is quicker until it has caught up", () => {
  expect(step({ at: 8.5, ranges: [[0, 10]], rate: 1 }).rate).toBeGreaterThan(1);
  expect(step({ at: 9.3, ranges: [[0, 10]], rate: 1.1 }).rate).toBeGreaterThan(1);
  expect(step({ at: 9.3, ranges: [[0, 10]], rate: 1 }).rate).toBe(1);
  expect(step({ at: 9.7, ranges: [[0, 10]], rate: 1.1 }).rate).toBe(1);
});

test("the farther behind, the quicker", () => {
  const rate = (at: number) => step({ at, ranges: [[0, 10]], rate: 1 }).rate;
  expect(rate(7.5)).toBeGreaterThan(rate(8.5));
});

test("a player that is far behind jumps", () => {
  expect(step({ at: 3, ranges: [[0, 10]], rate: 1 }).seek).toBeCloseTo(9.85);
  expect(step({ at: 7.5, ranges: [[0, 10]], rate: 1 }).seek).toBeNull();
});

test("where other rates stutter, it jumps earlier and leaves the rate alone", () => {
  expect(step({ at: 8.5, ranges: [[0, 10]], rate: 1 }, true)).toEqual({ rate: 1, seek: null });
  expect(step({ at: 7.5, ranges: [[0, 10]], rate: 1 }, true).seek).toBeCloseTo(9.85);
});

test("a player that has run beyond what it holds is slower until more has come", () => {
  expect(step({ at: 10.3, ranges: [[0, 10]], rate: 1 }).rate).toBe(1);
  expect(step({ at: 10.8, ranges: [[0, 10]], rate: 1 }).rate).toBeLessThan(1);
  expect(step({ at: 10.1, ranges: [[0, 10]], rate: 0.8 }).rate).toBeLessThan(1);
  expect(step({ at: 9.9, ranges: [[0, 10]], rate: 0.8 }).rate).toBe(1);
});

test("a player before a hole jumps over it, but not before what is held", () => {
  const ranges = [
    [0, 5],
    [6, 6.1],
  ] as const;
  expect(step({ at: 5, ranges, rate: 1 }).seek).toBe(6);
});

test("only codecs that the browser takes are listed", () => {
  const supports = (type: string) => !type.includes("hvc1.2") && !type.includes("opus");
  expect(taken(supports)).toContain("hvc1.1.6.L153.B0");
  expect(taken(supports)).not.toContain("opus");
  expect(taken(supports, { sound: false })).not.toContain("mp4a");
  expect(taken(supports, { hevc: false })).not.toContain("hvc1");
  expect(hasSound("avc1.640029,mp4a.40.2")).toBe(true);
  expect(hasSound("avc1.640029")).toBe(false);
});
