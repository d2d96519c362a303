/** How a player stays at the newest picture. */

export interface Place {
  /** Where the player is, in seconds of the stream. */
  at: number;
  /** The parts that are held, in their order. */
  ranges: readonly (readonly [start: number, end: number])[];
  rate: number;
}

export interface Step {
  rate: number;
  /** Where to go, null to stay. */
  seek: number | null;
}

const CATCH_UP_S = 1; // behind more than this the player is a little quicker
const CAUGHT_UP_S = 0.4;
const JUMP_S = 4; // behind more than this it jumps
const AHEAD_S = 0.5; // some browsers play on beyond what they hold; so far ahead, the player waits a little
const QUICK = 1.1;
const FAR_S = 2;
const QUICKER = 1.3;
const SLOW = 0.8;
const MARGIN_S = 0.15; // left after a jump, so that it does not stop at once

/**
 * Return how to come back to the newest picture.
 *
 * With `jumps` the rate is left alone, since some browsers stutter at other rates than 1; the player jumps earlier then.
 */
export function step({ at, ranges, rate }: Place, jumps = false): Step {
  const newest = ranges.at(-1);
  if (!newest) return { rate: 1, seek: null };
  const [start, end] = newest;
  const behind = end - at;
  const target = Math.max(start, end - MARGIN_S);
  if (at < start - 0.01) return { rate: 1, seek: target }; // before a hole that will not be filled
  if (behind > (jumps ? JUMP_S / 2 : JUMP_S)) return { rate: 1, seek: target };
  if (jumps) return { rate: 1, seek: null };
  if (-behind > AHEAD_S || (rate < 1 && behind < 0)) return { rate: SLOW, seek: null };
  if (behind > FAR_S) return { rate: QUICKER, seek: null };
  return { rate: behind > CATCH_UP_S || (rate > 1 && behind > CAUGHT_UP_S) ? QUICK : 1, seek: null };
}
