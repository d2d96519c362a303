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
  const tenth = Math.floor(at * 10) / 10;
  // Behind the seconds, which have other words behind them in some languages.
  return fullTime(tenth).replace(/(:\d\d)(?!.*:\d\d)/, `$1.${Math.round((tenth % 1) * 10) % 10}`);
}
