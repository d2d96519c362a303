/** Clock times in a named time zone, without anything of the page: what `time.ts` and the timeline stand on. */

export interface Wall {
  year: number;
  month: number; // 1 to 12
  day: number;
  hour: number;
  minute: number;
  second: number;
}

const LATEST = 100_000_000_000; // year 5138: far beyond it no clock can be told

/** The moment (epoch s) that a text of an address gives; null if it gives none. */
export function momentOf(text: string | null): number | null {
  const value = Number.parseFloat(text ?? "");
  return value > 0 && value < LATEST ? value : null;
}

const QUARTER = 900; // no zone changes its offset within a quarter of an hour
const MOST = 5000;
const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();

/** By how many seconds the clocks of `zone` are ahead of UTC at `at` (epoch s). */
export function offsetIn(zone: string, at: number): number {
  const quarter = Math.floor(at / QUARTER) * QUARTER;
  const key = zone + quarter;
  let known = offsets.get(key);
  if (known === undefined) {
    known = shownIn(zone, quarter) - quarter;
    if (offsets.size >= MOST) offsets.clear();
    offsets.set(key, known);
  }
  return known;
}

/** What a clock on the wall of `zone` shows at `at`. */
export function wallIn(zone: string, at: number): Wall {
  const shown = new Date(Math.floor(at + offsetIn(zone, at)) * 1000);
  return {
    year: shown.getUTCFullYear(),
    month: shown.getUTCMonth() + 1,
    day: shown.getUTCDate(),
    hour: shown.getUTCHours(),
    minute: shown.getUTCMinutes(),
    second: shown.getUTCSeconds(),
  };
}

/** When a clock of `zone` shows this; fields may overflow, as `day + 1`. Of an hour that comes twice, the first; an hour
 * that is left out counts on from before. */
export function fromWallIn(zone: string, given: Partial<Wall> & Pick<Wall, "year" | "month" | "day">): number {
  const { year, month, day, hour = 0, minute = 0, second = 0 } = given;
  const asked = Date.UTC(year, month - 1, day, hour, minute, Math.floor(second)) / 1000;
  // The offsets before and after a change: the larger one gives the earlier of two moments.
  const near = [offsetIn(zone, asked - 86_400), offsetIn(zone, asked + 86_400)].sort((a, b) => b - a);
  const found = near.map((offset) => asked - offset).find((at) => at + offsetIn(zone, at) === asked);
  return (found ?? asked - (near[1] as number)) + (second % 1);
}

/** The midnight before `at`, or `days` days after that one. */
export function midnightIn(zone: string, at: number, days = 0): number {
  const { year, month, day } = wallIn(zone, at);
  return fromWallIn(zone, { year, month, day: day + days });
}

function shownIn(zone: string, at: number): number {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(zone, format);
  }
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(at * 1000)) parts[type] = Number(value);
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
}
