/** The hours that are tried if nobody says otherwise. */
import { DAY, HOUR, wall } from "../../../lib/time";

export interface Range {
  from: number;
  to: number;
}

/** From 20:00 yesterday to 8:00 today, or to now; in the evening, what of today was already dark comes too late. */
export function lastNight(now: number): Range {
  const { hour, minute, second } = wall(now);
  const midnight = now - hour * HOUR - minute * 60 - second;
  const morning = midnight + 8 * HOUR;
  return { from: midnight - 4 * HOUR, to: Math.min(now, morning) };
}

/** A range of at most a day that ends at `to`. */
export const within = ({ from, to }: Range): Range => ({ from: Math.max(from, to - DAY), to });
