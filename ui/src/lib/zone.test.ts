import { expect, test } from "vitest";
import { fromWallIn, midnightIn, offsetIn, wallIn } from "./zone";

const BERLIN = "Europe/Berlin";
const utc = (text: string) => Date.parse(`${text}Z`) / 1000;

test("a clock's time and back", () => {
  const at = utc("2026-07-01T12:34:56");
  expect(wallIn(BERLIN, at)).toEqual({ year: 2026, month: 7, day: 1, hour: 14, minute: 34, second: 56 });
  expect(fromWallIn(BERLIN, wallIn(BERLIN, at))).toBe(at);
  expect(fromWallIn("Asia/Kolkata", { year: 2026, month: 7, day: 1, hour: 18, minute: 4 })).toBe(
    utc("2026-07-01T12:34:00"),
  );
});

test("offsets change within the night in which clocks are changed", () => {
  expect(offsetIn(BERLIN, utc("2026-03-29T00:59:59"))).toBe(3600);
  expect(offsetIn(BERLIN, utc("2026-03-29T01:00:00"))).toBe(7200);
});

test("of an hour that comes twice, the first is meant; one that is left out counts on", () => {
  expect(fromWallIn(BERLIN, { year: 2026, month: 10, day: 25, hour: 2, minute: 30 })).toBe(utc("2026-10-25T00:30:00"));
  expect(fromWallIn(BERLIN, { year: 2026, month: 3, day: 29, hour: 2, minute: 30 })).toBe(utc("2026-03-29T01:30:00"));
});

test("midnights are 23, 24 and 25 hours apart", () => {
  const lengths = (day: string) => {
    const at = utc(`${day}T12:00:00`);
    return (midnightIn(BERLIN, at, 1) - midnightIn(BERLIN, at)) / 3600;
  };
  expect([lengths("2026-03-29"), lengths("2026-06-01"), lengths("2026-10-25")]).toEqual([23, 24, 25]);
});
