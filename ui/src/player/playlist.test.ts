import { expect, test } from "vitest";
import { placeOf, segmentsOf, wallOf, windowFor } from "./playlist";

const T = Date.parse("2026-11-30T06:00:00Z") / 1000;
const TEXT = `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:10
#EXT-X-MAP:URI="init-v1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-30T06:00:00.000Z
#EXTINF:10.000000,
seg-1-v1.m4s
#EXTINF:10.000000,
seg-2-v1.m4s
#EXT-X-DISCONTINUITY
#EXT-X-PROGRAM-DATE-TIME:2026-11-30T06:05:00.500Z
#EXTINF:4.500000,
seg-3-v1.m4s
#EXT-X-ENDLIST
`;
const segments = segmentsOf(TEXT);

test("segments know when they were recorded", () => {
  expect(segments).toEqual([
    { media: 0, wall: T, length: 10 },
    { media: 10, wall: T + 10, length: 10 },
    { media: 20, wall: T + 300.5, length: 4.5 },
  ]);
  expect(segmentsOf("#EXTM3U\n")).toEqual([]);
});

test("a time is found in the player's time, over gaps", () => {
  expect(placeOf(segments, T + 12)).toEqual({ media: 12, wall: T + 12, gap: null });
  expect(placeOf(segments, T + 301)).toEqual({ media: 20.5, wall: T + 301, gap: null });
  expect(placeOf(segments, T + 100)).toEqual({ media: 20, wall: T + 300.5, gap: [T + 20, T + 300.5] });
  expect(placeOf(segments, T - 5)).toEqual({ media: 0, wall: T, gap: [Number.NEGATIVE_INFINITY, T] });
  expect(placeOf(segments, T + 400)?.gap).toEqual([T + 305, Number.POSITIVE_INFINITY]);
  expect(placeOf(segments, T + 305.1)?.gap).toBeNull();
  expect(placeOf([], T)).toBeNull();
});

test("and back", () => {
  for (const at of [0, 3, 9.99, 10, 19.5, 20, 24.4]) {
    expect(placeOf(segments, wallOf(segments, at) as number)?.media).toBeCloseTo(at, 5);
  }
  expect(wallOf(segments, 20)).toBe(T + 300.5);
  expect(wallOf(segments, 99)).toBe(T + 305);
});

test("windows hold what is asked for, with room on both sides", () => {
  const [from, to] = windowFor(T + 123);
  expect(T + 123 - from).toBeGreaterThanOrEqual(900);
  expect(to - (T + 123)).toBeGreaterThanOrEqual(2400);
});
