import { expect, test } from "vitest";
import { dayKey, firstOf, later, weekStart, weeks } from "./month";

test("a month in weeks from Monday, and from Sunday", () => {
  const november = weeks({ year: 2026, month: 11, day: 1 }, 1);
  expect(november).toHaveLength(6);
  expect(november[0]!.map((day) => day?.day ?? 0)).toEqual([0, 0, 0, 0, 0, 0, 1]);
  expect(november[5]!.map((day) => day?.day ?? 0)).toEqual([30, 0, 0, 0, 0, 0, 0]);
  expect(weeks({ year: 2026, month: 11, day: 1 }, 0)[0]!.map((day) => day?.day ?? 0)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(weeks({ year: 2026, month: 2, day: 1 }, 0)).toHaveLength(4);
});

test("days and months go on over the year's end", () => {
  expect(later({ year: 2026, month: 12, day: 31 }, 1)).toEqual({ year: 2027, month: 1, day: 1 });
  expect(firstOf({ year: 2026, month: 1 }, -1)).toEqual({ year: 2025, month: 12, day: 1 });
  expect(dayKey({ year: 2026, month: 3, day: 9 })).toBe("2026-03-09");
  expect([0, 1, 6]).toContain(weekStart("de"));
});
