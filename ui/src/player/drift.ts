/** How a recording is held at the moment that another one shows. */

const SEEK_S = 1.2; // beyond, it would take too long to catch up
const CLOSE_S = 0.02; // half a frame at 25 frames a second
const CATCH_UP_S = 1; // in so many seconds a drift is to be gone
const MOST = 0.25; // of the speed: more is seen, and stutters

/** Return how fast a follower should play, and whether it should jump; `drift` is how many seconds it is behind. */
export function follow(drift: number, speed: number): { rate: number; seek: boolean } {
  if (Math.abs(drift) > SEEK_S * Math.max(1, speed)) return { rate: speed, seek: true };
  if (Math.abs(drift) < CLOSE_S) return { rate: speed, seek: false };
  const change = Math.max(-MOST * speed, Math.min(MOST * speed, drift / CATCH_UP_S));
  return { rate: Math.max(0.0625, Math.min(16, speed + change)), seek: false };
}
