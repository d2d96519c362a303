/** What the timeline shows is asked for in tiles: spans of time that lie at fixed places, so that they can be kept. The
 * farther one looks, the longer tiles are and the coarser their content. */
import { span, type View } from "./scale";

export interface Level {
  /** Seconds of one tile; tiles begin at multiples of it. */
  tile: number;
  /** Seconds of one value of motion. */
  scale: number;
  /** The shortest gap that is told, in seconds. */
  gap: number;
  /** Whether single alerts and detections are shown, or how many there were each day. */
  items: boolean;
  /** Views up to this span use it. */
  upTo: number;
}

const HOUR = 3600;
const DAY = 86_400;

export const LEVELS: readonly Level[] = [
  { tile: HOUR, scale: 10, gap: 1, items: true, upTo: 2 * HOUR },
  { tile: 6 * HOUR, scale: 60, gap: 5, items: true, upTo: 15 * HOUR },
  { tile: DAY, scale: 300, gap: 30, items: true, upTo: 4 * DAY },
  { tile: 14 * DAY, scale: HOUR, gap: 300, items: false, upTo: Number.POSITIVE_INFINITY },
];

/** The level whose tiles a view is drawn of. */
export function levelOf(view: View): number {
  const length = span(view);
  return LEVELS.findIndex(({ upTo }) => length <= upTo);
}

/** The starts of the tiles that a view touches, without those that lie in the future. */
export function tilesOf([from, to]: View, level: number, now: number): number[] {
  const { tile } = LEVELS[level] as Level;
  const found: number[] = [];
  for (let start = Math.floor(from / tile) * tile; start < to && start <= now; start += tile) found.push(start);
  return found;
}

const RETRY_MS = 4000;

interface Kept<T> {
  value?: T;
  /** When it was last asked for, in ms. */
  asked: number;
  state: "idle" | "waiting" | "going";
}

interface Job {
  entry: Kept<unknown>;
  run: () => Promise<void>;
}

/** Tiles by key, the least recently seen forgotten first. What is old is asked for anew, and shown meanwhile. */
export class TileCache {
  private readonly kept = new Map<string, Kept<unknown>>();
  private waiting: Job[] = [];
  private running = 0;
  private ended = new AbortController();

  /** `changed` is called when a tile has come. */
  constructor(
    private readonly changed: () => void,
    private readonly most = 400,
    private readonly parallel = 3,
  ) {}

  /** Return a tile as far as it is there; ask for it if it is not, or was asked for more than `freshFor` ms ago. */
  get<T>(key: string, freshFor: number, load: (signal: AbortSignal) => Promise<T>): T | undefined {
    const entry = (this.kept.get(key) as Kept<T> | undefined) ?? { asked: 0, state: "idle" };
    this.kept.delete(key); // so that the map is ordered by use
    this.kept.set(key, entry);
    // What could not be had, as while the recorder starts, is asked for again soon.
    const wait = entry.value === undefined ? Math.min(freshFor, RETRY_MS) : freshFor;
    if (entry.state === "idle" && Date.now() - entry.asked > wait) this.ask(entry, load);
    this.forget();
    return entry.value;
  }

  /** Return a tile as far as it is there, and ask for nothing. */
  peek<T>(key: string): T | undefined {
    return (this.kept.get(key) as Kept<T> | undefined)?.value;
  }

  /** Do not ask for what still waits: the view has moved on. */
  skipWaiting(): void {
    for (const { entry } of this.waiting) entry.state = "idle";
    this.waiting = [];
  }

  /** End all questions, and forget everything. */
  clear(): void {
    this.skipWaiting();
    this.ended.abort();
    this.ended = new AbortController();
    this.kept.clear();
  }

  private ask<T>(entry: Kept<T>, load: (signal: AbortSignal) => Promise<T>): void {
    const { signal } = this.ended;
    entry.state = "waiting";
    const run = async () => {
      entry.state = "going";
      entry.asked = Date.now();
      try {
        entry.value = await load(signal);
        if (!signal.aborted) this.changed();
      } catch {
        // It is asked for again later; what was there stays.
      } finally {
        entry.state = "idle";
      }
    };
    this.waiting.push({ entry, run });
    void this.work();
  }

  private async work(): Promise<void> {
    if (this.running >= this.parallel) return;
    this.running += 1;
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) await next.run();
    this.running -= 1;
  }

  private forget(): void {
    for (const [key, { state }] of this.kept) {
      if (this.kept.size <= this.most) return;
      if (state === "idle") this.kept.delete(key);
    }
  }
}
