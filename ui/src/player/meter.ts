/** How well a live picture plays, measured while somebody wants to know. */
import type { LiveSession } from "./session";

export interface Reading {
  width: number;
  height: number;
  fps: number;
  bytesPerSecond: number;
  /** Seconds that are held and not yet shown, null if they are not known. */
  behind: number | null;
  restarts: number;
}

const SPAN = 5; // readings over which rates are taken

interface Count {
  at: number;
  frames: number;
  bytes: number;
}

export class Meter {
  private counts: Count[] = [];

  constructor(private readonly session: LiveSession) {}

  /** Return how it is now; rates are of the last seconds. */
  async read(): Promise<Reading> {
    const { session } = this;
    const now: Count = { at: performance.now() / 1000, frames: session.frameCount(), bytes: await session.bytes() };
    const last = this.counts.at(-1);
    if (last && (now.bytes < last.bytes || now.frames < last.frames)) this.counts = []; // it was connected anew
    this.counts = [...this.counts.slice(1 - SPAN), now];
    const first = this.counts[0] as Count;
    const spent = now.at - first.at || 1;
    const video = session.element;
    const held = video?.buffered.length ? video.buffered.end(video.buffered.length - 1) - video.currentTime : null;
    return {
      width: video?.videoWidth ?? 0,
      height: video?.videoHeight ?? 0,
      fps: (now.frames - first.frames) / spent,
      bytesPerSecond: (now.bytes - first.bytes) / spent,
      behind: session.transport.peek() === "mse" ? held : null,
      restarts: Math.max(0, session.counts.starts - 1),
    };
  }
}
