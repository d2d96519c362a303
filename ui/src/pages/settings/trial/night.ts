/** The hours that are tried if nobody says otherwise. */
import { DAY, fromWall, wall } from "../../../lib/time";

export interface Range {
  from: number;
  to: number;
}

/** From 20:00 yesterday to 8:00 today, or to now; in the evening, what of today was already dark comes too late. */
export function lastNight(now: number): Range {
  const { year, month, day } = wall(now);
  const morning = fromWall({ year, month, day, hour: 8 });
  return { from: fromWall({ year, month, day: day - 1, hour: 20 }), to: Math.min(now, morning) };
}

/** A range of at most a day that ends at `to`. */
export const within = ({ from, to }: Range): Range => ({ from: Math.max(from, to - DAY), to });
