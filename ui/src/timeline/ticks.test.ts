import { expect, test } from "vitest";
import { wallIn } from "../lib/zone";
import type { View } from "./scale";
import { stepFor, ticks } from "./ticks";

const BERLIN = "Europe/Berlin";
const utc = (text: string) => Date.parse(`${text}Z`) / 1000;
const hours = (view: View, zone = BERLIN, length = 1000) =>
  ticks(view, length, zone).map(({ at }) => wallIn(zone, at).hour);

test("steps are round and never too near to each other", () => {
  expect(stepFor([0, 3600], 1000, 90)).toBe(600);
  expect(stepFor([0, 30 * 86_400], 1000, 90)).toBe(4 * 86_400);
  expect(stepFor([0, 0.5], 1000, 90)).toBe(0.1);
});

test("marks are at round times of the zone", () => {
  expect(hours([utc("2026-06-01T00:00:00"), utc("2026-06-02T00:00:00")])).toEqual([3, 6, 9, 12, 15, 18, 21, 0]);
  const kolkata = ticks([utc("2026-06-01T00:00:00"), utc("2026-06-01T03:00:00")], 1000, "Asia/Kolkata");
  expect(kolkata.map(({ at }) => wallIn("Asia/Kolkata", at).minute)).toEqual([30, 0, 30, 0, 30, 0, 30]);
});

test("where the clock is put forward, the hour that is left out has no mark", () => {
  const spring = hours([utc("2026-03-28T23:00:00"), utc("2026-03-29T10:00:00")], BERLIN, 1500);
  expect(spring).toEqual([0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test("where it is put back, marks go on at the same hours", () => {
  expect(hours([utc("2026-10-24T22:00:00"), utc("2026-10-25T23:00:00")])).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 0]);
});

test("midnights are marked as days, also over a month", () => {
  const month = ticks([utc("2026-10-10T12:00:00"), utc("2026-11-09T12:00:00")], 1000, BERLIN);
  expect(month.every(({ at, kind }) => kind === "day" && wallIn(BERLIN, at).hour === 0)).toBe(true);
  expect(month.length).toBeGreaterThan(5);
  const fractions = ticks([1000.05, 1000.55], 1000, "UTC");
  expect(fractions.map(({ at }) => at)).toEqual([1000.1, 1000.2, 1000.3, 1000.4, 1000.5]);
});
