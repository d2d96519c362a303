/** Which frame is shown when. */
import type { FrameTime } from "./data";

/** The number of the frame that is shown at `time`, in seconds from frame 0. */
export function frameAt(times: readonly FrameTime[], time: number): number {
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle]!.t <= time + 1e-4) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** Where to seek to see frame `n`: in its middle, so that rounding finds no neighbour. */
export function seekTo(times: readonly FrameTime[], n: number, duration: number): number {
  const begin = times[n]?.t ?? 0;
  const end = times[n + 1]?.t ?? Math.max(duration, begin + 0.001);
  return begin + (end - begin) / 2;
}
