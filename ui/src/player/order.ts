/** In which order the ways to get live video are tried. */
import type { Transport } from "./feed";

export type Mode = "auto" | Transport;

const AGAIN_MS = 60_000; // a way that did not do is left out for so long
const ORDER: Record<Mode, readonly Transport[]> = {
  auto: ["mse", "webrtc", "mjpeg"],
  mse: ["mse", "webrtc", "mjpeg"],
  webrtc: ["webrtc", "mse", "mjpeg"],
  mjpeg: ["mjpeg"],
  mpeg1: ["mpeg1"],
};

/** Chooses among them, and remembers which one did not do, and when. */
export class Choice {
  private readonly refused = new Map<Transport, number>();

  constructor(
    private readonly mode: Mode,
    private readonly can: (way: Transport) => boolean,
  ) {}

  /** Return the way to try now; null if none does. */
  now(time: number): Transport | null {
    return (
      ORDER[this.mode].find((way) => this.can(way) && !(time - (this.refused.get(way) ?? -AGAIN_MS) < AGAIN_MS)) ?? null
    );
  }

  /** Remember that a way did not do. */
  refuse(way: Transport, time: number): void {
    this.refused.set(way, time);
  }
}

const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/** How long to wait before the `tries`-th try, in milliseconds; `random` is 0 to 1, so that not all try together. */
export const backoff = (tries: number, random: number): number =>
  Math.min(FIRST_MS * 2 ** Math.min(tries, 10), LONGEST_MS) * (0.75 + random / 2);
