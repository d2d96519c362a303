/** The words on the axis. */
import { clockSeconds, clockTime, dayName, fullTime } from "../lib/time";
import type { Tick } from "./ticks";

/** What stands beside a mark; upright there is less room. */
export function tickLabel({ at, kind, major }: Tick, short = false): string {
  if (kind === "day") return short ? dayName(at).replace(/^\S+\s/, "") : dayName(at);
  if (kind === "minute") return clockTime(at);
  if (kind === "fraction" && !major) return `.${Math.round((((at % 1) + 1) % 1) * 10) % 10}`;
  return clockSeconds(at);
}

/** A moment with its day, and with tenths where frames can be told apart. */
export function momentText(at: number, tenths = false): string {
  if (!tenths) return fullTime(at);
  const rounded = Math.floor(at * 10) / 10;
  return `${fullTime(rounded)}.${Math.round((rounded % 1) * 10) % 10}`;
}
