import { expect, test, vi } from "vitest";

vi.mock("../lib/api", () => ({}));
const { hoursOf, recordedIn, widened } = await import("./hours");

const HOUR = 3600;
const T = Date.parse("2026-11-18T11:00:00Z") / 1000;
const hours = hoursOf([
  { day: "2026-11-19", hours: [{ hour: "03", duration: 5 }] },
  {
    day: "2026-11-18",
    hours: [
      { hour: "12", duration: 5 },
      { hour: "11", duration: 5 },
    ],
  },
]);

test("hours of days, oldest first", () => {
  expect(hours).toEqual([T, T + HOUR, T + 16 * HOUR]);
});

test("nothing is asked for where nothing was recorded, but always for what is new", () => {
  const now = T + 1000 * HOUR;
  expect(recordedIn(hours, T + 100, T + 200, now)).toBe(true);
  expect(recordedIn(hours, T + 3 * HOUR, T + 5 * HOUR, now)).toBe(false);
  expect(recordedIn(hours, T - HOUR, T, now)).toBe(false);
  expect(recordedIn([], now - HOUR, now + HOUR, now)).toBe(true);
});

test("a gap reaches from one recorded hour to the next", () => {
  expect(widened(hours, [T + 3 * HOUR, T + 4 * HOUR])).toEqual([T + 2 * HOUR, T + 16 * HOUR]);
  expect(widened(hours, [T + 20 * HOUR, T + 21 * HOUR])).toEqual([T + 17 * HOUR, Number.POSITIVE_INFINITY]);
  expect(widened([], [0, 1])).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
});
