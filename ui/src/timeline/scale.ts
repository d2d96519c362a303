/** Which part of time is seen, and where a moment lies in it. Times are epoch s, places px along the axis. */

export type View = readonly [from: number, to: number];

export const LONGEST = 31 * 86_400;
export const SHORTEST = 0.5; // some frames

export const span = ([from, to]: View) => to - from;

/** Where `at` lies on an axis of `length` px. */
export const placeOf = ([from, to]: View, length: number, at: number) => ((at - from) / (to - from)) * length;

/** The moment at a place. */
export const timeAt = ([from, to]: View, length: number, place: number) => from + (place / length) * (to - from);

/** The view within what may be seen: neither longer than a month nor shorter than some frames, nor all in the future. */
export function bounded([from, to]: View, now: number): View {
  const length = Math.min(LONGEST, Math.max(SHORTEST, to - from));
  const middle = (from + to) / 2;
  const latest = now + length * 0.3;
  const end = Math.min(middle + length / 2, latest);
  return [end - length, end];
}

/** Show `factor` times as much around the moment `about`, which stays where it is. */
export function zoomed(view: View, factor: number, about: number, now: number): View {
  const wanted = Math.min(LONGEST, Math.max(SHORTEST, span(view) * factor));
  const part = (about - view[0]) / span(view);
  return bounded([about - part * wanted, about + (1 - part) * wanted], now);
}

/** Move by so many seconds. */
export const moved = ([from, to]: View, seconds: number, now: number): View =>
  bounded([from + seconds, to + seconds], now);

/** The view of two fingers: what was at `times` when they came down is under `places` now. */
export function pinched(
  times: readonly [number, number],
  places: readonly [number, number],
  length: number,
  now: number,
): View {
  const apart = places[1] - places[0] || 1;
  const each = Math.abs((times[1] - times[0]) / apart) || SHORTEST / length;
  const scale = Math.min(LONGEST / length, Math.max(SHORTEST / length, each));
  const middle = (times[0] + times[1]) / 2;
  const from = middle - ((places[0] + places[1]) / 2) * scale;
  return bounded([from, from + scale * length], now);
}

/** Follow a moment that goes on, or that has jumped out of sight; null if the view stays.
 *
 * Who looks elsewhere while the recording plays is left there: only a jump, or a moment that was seen before, moves the view.
 */
export function followed(view: View, before: number, at: number, now: number): View | null {
  const inside = (one: number) => one >= view[0] && one <= view[1];
  const length = span(view);
  if (inside(at) && (at <= view[1] - length * 0.04 || view[1] > now)) return null;
  if (inside(at) || inside(before)) {
    const part = at >= before ? 0.25 : 0.75;
    return Math.abs(at - before) > length
      ? around(at, length, now)
      : bounded([at - length * part, at + length * (1 - part)], now);
  }
  return Math.abs(at - before) > Math.max(30, length / 4) ? around(at, length, now) : null;
}

const around = (at: number, length: number, now: number): View => bounded([at - length / 2, at + length / 2], now);
