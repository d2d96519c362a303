import { expect, test } from "vitest";
import {
  bounded,
  followed,
  LONGEST,
  moved,
  pinched,
  placeOf,
  SHORTEST,
  span,
  timeAt,
  type View,
  zoomed,
} from "./scale";

const NOW = 1_796_000_000;
const view: View = [NOW - 7200, NOW - 3600];

test("places and times belong together", () => {
  expect(placeOf(view, 1000, NOW - 5400)).toBe(500);
  expect(timeAt(view, 1000, 250)).toBe(NOW - 6300);
});

test("zooming keeps what is under the pointer", () => {
  const about = NOW - 6000;
  const near = zoomed(view, 0.25, about, NOW);
  expect(span(near)).toBeCloseTo(900);
  expect(placeOf(near, 1000, about)).toBeCloseTo(placeOf(view, 1000, about));
});

test("no view is longer than a month, shorter than some frames, or all in the future", () => {
  expect(span(zoomed(view, 1e9, NOW - 5000, NOW))).toBeCloseTo(LONGEST);
  expect(span(zoomed(view, 1e-9, NOW - 5000, NOW))).toBeCloseTo(SHORTEST);
  expect(bounded([NOW, NOW + 100], NOW)).toEqual([NOW - 70, NOW + 30]);
  expect(moved(view, 1e6, NOW)[1]).toBeCloseTo(NOW + 3600 * 0.3);
});

test("two fingers hold what they have touched", () => {
  const pair = [NOW - 7000, NOW - 5000] as const;
  const seen = pinched(pair, [100, 900], 1000, NOW);
  expect(placeOf(seen, 1000, pair[0])).toBeCloseTo(100);
  expect(placeOf(seen, 1000, pair[1])).toBeCloseTo(900);
});

test("the view follows what plays, and jumps, but not who looks elsewhere", () => {
  expect(followed(view, NOW - 5000, NOW - 4999, NOW)).toBeNull();
  const on = followed(view, NOW - 3601, NOW - 3599, NOW) as View;
  expect(placeOf(on, 1, NOW - 3599)).toBeCloseTo(0.25);
  expect(followed(view, NOW - 90_000, NOW - 89_999, NOW)).toBeNull();
  const jumped = followed(view, NOW - 90_000, NOW - 50_000, NOW) as View;
  expect(placeOf(jumped, 1, NOW - 50_000)).toBeCloseTo(0.5);
});
