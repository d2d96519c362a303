/** Plays what a camera has recorded, by wall time: opens the playlist of a span, seeks in it, and goes on to the next. */
import { type Signal, signal } from "@preact/signals";
import { t } from "../i18n/i18n";
import { ApiError, address, request } from "../lib/api";
import { frameShown } from "./frame";
import { recordedHours, recordedIn, widened } from "./hours";
import { type Place, placeOf, segmentsOf, wallOf, windowFor } from "./playlist";
import { stepFrom } from "./samples";
import { open, type Source } from "./source";

/** "empty": nothing was recorded there. */
export type State = "loading" | "ready" | "empty" | "failed";

const SHOW_MS = 8000; // the longest wait for a picture
const STEP_MS = 2000;
const TOLD_MS = 100; // how often the playhead is moved while it plays
const LIVE_EDGE = 12; // seconds behind the present where no more is asked for

export class Engine {
  readonly state = signal<State>("loading");
  /** Where nothing was recorded, if that is what is looked at. */
  readonly gap = signal<Place["gap"]>(null);
  readonly error = signal<Error | null>(null);
  /** Whether more is awaited while it should play. */
  readonly stalled = signal(false);
  private source: Source | null = null;
  private window: readonly [number, number] | null = null;
  private opening: AbortController | null = null;
  private turn = 0;
  /** The newest picture's time, as exact as the browser tells it. */
  private shown = 0;
  private steps = 0;
  private stepping = false;
  private told = 0;
  private callback = 0;
  private rate = 1;
  private readonly ends: (() => void)[] = [];
  /** What the playhead was moved to by what is shown; other values come from the user. */
  private own = Number.NaN;

  /** `at` is moved while `video` plays; `onEnd` is called when there is nothing more. */
  constructor(
    private readonly video: HTMLVideoElement,
    private readonly camera: string,
    private readonly at: Signal<number>,
    private readonly onEnd: () => void,
  ) {
    const on = (name: string, listener: () => void) => {
      video.addEventListener(name, listener);
      this.ends.push(() => video.removeEventListener(name, listener));
    };
    on("timeupdate", () => this.tell());
    on("ended", () => void this.goOn());
    on("waiting", () => this.stall(true));
    for (const name of ["playing", "pause", "seeked"]) on(name, () => this.stall(false));
    this.follow();
  }

  /** Show the picture of `wall`; return whether it is shown. A later call ends an earlier one's wait. */
  async show(wall: number): Promise<boolean> {
    this.turn += 1;
    const turn = this.turn;
    this.error.value = null;
    if (!this.window || wall < this.window[0] || wall >= this.window[1] || !this.source || this.isStale(wall)) {
      if (!(await this.load(wall, turn))) return false;
    } else {
      const place = placeOf(this.source.segments(), wall);
      if (!place || !this.look(place)) return false;
      this.video.currentTime = place.media;
    }
    const news = await frameShown(this.video, SHOW_MS);
    if (turn !== this.turn || !news) return false;
    this.shown = news.mediaTime;
    this.state.value = "ready";
    return true;
  }

  /** Show the next picture, or the one before, and pause; steps that come faster than pictures are all done. */
  async step(by: 1 | -1): Promise<void> {
    this.video.pause();
    this.steps += by;
    if (this.stepping) return;
    this.stepping = true;
    try {
      while (this.steps && this.source) {
        const way = Math.sign(this.steps) as 1 | -1;
        this.steps -= way;
        await this.stepOnce(this.source, way);
      }
    } finally {
      this.stepping = false;
      this.steps = 0;
    }
  }

  /** Play; after a gap if there is one here. */
  async play(): Promise<void> {
    const gap = this.gap.peek();
    if (gap && Number.isFinite(gap[1])) await this.show(gap[1]);
    else if (this.video.ended && !(await this.next())) {
      this.onEnd();
      return;
    }
    await this.video.play().catch((error: Error) => {
      if (error.name !== "AbortError") throw error;
    });
  }

  /** Whether the playhead stands where the picture is. */
  follows(): boolean {
    return this.at.peek() === this.own;
  }

  speed(rate: number): void {
    this.rate = rate;
    this.video.defaultPlaybackRate = rate;
    this.video.playbackRate = rate;
    this.source?.speed(rate);
  }

  /** The time whose recorded picture is the one that is shown: in its middle, so that rounding finds no other. */
  pictureTime(): number {
    const frame = this.source?.frame() ?? 0;
    const wall = this.source && wallOf(this.source.segments(), this.shown);
    return wall === null ? this.at.peek() : wall + frame / 2;
  }

  /** The time that the video's clock shows, between two pictures too. */
  clock(): number {
    const wall = this.source && wallOf(this.source.segments(), this.video.currentTime);
    return wall ?? this.at.peek();
  }

  close(): void {
    this.turn += 1;
    this.opening?.abort();
    this.source?.close();
    this.source = null;
    if (this.callback) this.video.cancelVideoFrameCallback(this.callback);
    for (const end of this.ends) end();
  }

  private async load(wall: number, turn: number): Promise<boolean> {
    this.opening?.abort();
    const opening = new AbortController();
    this.opening = opening;
    const window = windowFor(wall);
    if (!this.source) this.state.value = "loading";
    const path = `vod/${encodeURIComponent(this.camera)}/start/${window[0]}/end/${window[1]}/index.m3u8`;
    try {
      const text = (await this.mayHave(window)) ? await playlist(path, opening.signal) : null;
      if (turn !== this.turn) return false;
      const segments = text === null ? [] : segmentsOf(text);
      const place = placeOf(segments, wall);
      this.source?.close();
      this.source = null;
      this.window = window;
      if (!place || text === null) return this.look({ media: 0, wall, gap: window });
      const seen = this.look(place);
      const onError = (error: Error) => this.fail(error);
      const source = await open(this.video, { address: address(path), text, segments, start: place.media, onError });
      if (turn !== this.turn) {
        source.close();
        if (!this.source) this.window = null;
        return false;
      }
      this.source = source;
      this.speed(this.rate);
      return seen;
    } catch (error) {
      if (!opening.signal.aborted) this.fail(error as Error);
      return false;
    }
  }

  /** Whether it makes sense to ask for a span. What is new is asked for at once. */
  private async mayHave([from, to]: readonly [number, number]): Promise<boolean> {
    const now = Date.now() / 1000;
    const hours = recordedHours(this.camera);
    if (recordedIn([], from, to, now)) {
      hours.catch(() => {}); // only wanted later
      return true;
    }
    return recordedIn(await hours, from, to, now);
  }

  /** Tell whether there is a recording at the place. */
  private look(place: Place): boolean {
    this.gap.value = place.gap;
    if (!place.gap) return true;
    void this.widen(place.gap);
    this.state.value = "empty";
    this.video.pause();
    return false;
  }

  /** Find the recordings beside a gap that reaches out of the span. */
  private async widen(gap: readonly [number, number]): Promise<void> {
    const edge = this.window;
    if (!edge || (gap[0] > edge[0] && gap[1] < edge[1])) return;
    const hours = await recordedHours(this.camera).catch(() => null);
    if (!hours || this.gap.peek() !== gap) return;
    const wide = widened(hours, [Math.max(gap[0], edge[0]), Math.min(gap[1], edge[1])]);
    this.gap.value = [gap[0] > edge[0] ? gap[0] : wide[0], gap[1] < edge[1] ? gap[1] : wide[1]];
  }

  /** Whether the present was asked for so long ago that there is more by now. */
  private isStale(wall: number): boolean {
    const last = this.source?.segments().at(-1);
    return Boolean(last && this.window && wall > last.wall + last.length && wall < Date.now() / 1000 - 1);
  }

  private fail(error: Error): void {
    // So browsers call it if nobody answers.
    this.error.value = error instanceof TypeError ? new Error(t("error.unreachable")) : error;
    this.state.value = "failed";
    this.source?.close();
    this.source = null;
    this.window = null;
  }

  private async stepOnce(source: Source, way: 1 | -1): Promise<void> {
    const to = stepFrom(source.pictures(this.shown), this.shown, way, source.frame());
    if (to < 0) return;
    this.video.currentTime = to;
    const news = await frameShown(this.video, STEP_MS);
    if (!news || source !== this.source) return;
    this.shown = news.mediaTime;
    this.tell(true);
  }

  /** At the end of the span: the next one, unless it is the present. */
  private async goOn(): Promise<void> {
    const last = this.source?.segments().at(-1);
    if (!last || last.wall + last.length > Date.now() / 1000 - LIVE_EDGE) this.onEnd();
    else if (await this.next()) await this.play();
  }

  /** Show what was recorded after the span; return whether there is anything. */
  private async next(): Promise<boolean> {
    const last = this.source?.segments().at(-1);
    if (!last) return false;
    this.window = null; // what is asked for may lie within it: there is more by now
    if (await this.show(last.wall + last.length + 0.01)) return true;
    const gap = this.gap.peek();
    return gap !== null && Number.isFinite(gap[1]) && this.show(gap[1]);
  }

  /** Move the playhead to what is shown. */
  private tell(always = false): void {
    if (!this.source || (!always && (this.video.paused || this.video.seeking))) return;
    const now = performance.now();
    if (!always && now - this.told < TOLD_MS) return;
    this.told = now;
    const media = always ? this.shown : this.video.currentTime;
    const wall = wallOf(this.source.segments(), media);
    if (wall === null) return;
    this.own = wall;
    this.at.value = wall;
  }

  /** Know the newest picture's time while it plays, so that a step after a pause begins there. */
  private follow(): void {
    if (!("requestVideoFrameCallback" in this.video)) return;
    this.callback = this.video.requestVideoFrameCallback((_now, { mediaTime }) => {
      this.shown = mediaTime;
      this.tell();
      this.follow();
    });
  }

  private stall(waiting: boolean): void {
    this.stalled.value = waiting && !this.video.paused;
  }
}

/** Return a playlist's text; null if nothing was recorded. */
async function playlist(path: string, signal: AbortSignal): Promise<string | null> {
  try {
    return await (await request(path, { signal })).text();
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}
