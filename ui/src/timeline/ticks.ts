/** The marks on the axis: round times of the zone in which times are shown, also where clocks are changed. */
import { fromWallIn, midnightIn, offsetIn, wallIn } from "../lib/zone";
import { span, type View } from "./scale";

export interface Tick {
  at: number;
  kind: "day" | "minute" | "second" | "fraction";
  /** A midnight, or the first second of a minute among fractions. */
  major: boolean;
}

const HOUR = 3600;
const DAY = 86_400;
const STEPS = [
  0.1,
  0.2,
  0.5,
  1,
  2,
  5,
  10,
  15,
  30,
  60,
  120,
  300,
  600,
  900,
  1800,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
];
const DAYS = [1, 2, 4, 7, 14];

/** The seconds between two marks that are at least `apart` px from each other. */
export function stepFor(view: View, length: number, apart: number): number {
  const least = (span(view) / length) * apart;
  const step = STEPS.find((one) => one >= least);
  return step ?? (DAYS.find((days) => days * DAY >= least) ?? 14) * DAY;
}

/** The marks within the view. */
export function ticks(view: View, length: number, zone: string, apart = 90): Tick[] {
  const step = stepFor(view, length, apart);
  if (step >= DAY) return byDays(view, zone, step / DAY);
  return step > HOUR / 2 ? byHours(view, zone, step / HOUR) : bySeconds(view, zone, step);
}

function bySeconds([from, to]: View, zone: string, step: number): Tick[] {
  const found: Tick[] = [];
  const off = offsetIn(zone, from);
  const kind = step < 1 ? "fraction" : step < 60 ? "second" : "minute";
  for (let count = Math.ceil((from + off) / step); ; count += 1) {
    const at = Math.round((count * step - off) * 1000) / 1000;
    if (at > to) return found;
    const midnight = (at + off) % DAY === 0;
    found.push({ at, kind: midnight ? "day" : kind, major: midnight || (step < 1 && at % 1 === 0) });
  }
}

function byHours([from, to]: View, zone: string, hours: number): Tick[] {
  const found: Tick[] = [];
  for (let day = midnightIn(zone, from); day <= to; day = midnightIn(zone, day, 1)) {
    const wall = wallIn(zone, day);
    for (let hour = 0; hour < 24; hour += hours) {
      const at = hour ? fromWallIn(zone, { ...wall, hour, minute: 0, second: 0 }) : day;
      if (at < from || at > to || wallIn(zone, at).hour !== (hour || wall.hour)) continue; // the hour that is left out
      found.push({ at, kind: hour ? "minute" : "day", major: !hour });
    }
  }
  return found;
}

function byDays([from, to]: View, zone: string, days: number): Tick[] {
  const found: Tick[] = [];
  for (let day = midnightIn(zone, from); day <= to; day = midnightIn(zone, day, 1)) {
    const { year, month, day: number } = wallIn(zone, day);
    const counted = Date.UTC(year, month - 1, number) / 1000 / DAY;
    if (day >= from && counted % days === 0) found.push({ at: day, kind: "day", major: true });
  }
  return found;
}
