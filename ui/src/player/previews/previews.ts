/** Small pictures of a camera for any moment: of the clips of hours that are over, and of the hour that is running. */
import { json } from "../../lib/api";
import { recordedHours, recordedIn } from "../hours";
import { ClipShower, type Show } from "./clips";
import { BLOCK, type Clip, clipAt, stillAt, stillsOf } from "./lookup";
import { StillShower } from "./stills";

const NEW_MS = 20_000; // how often what is new is asked for
const HOUR = 3600;
const BESIDE = 2; // hours to both sides that are at hand

export class Previews {
  private readonly clips: ClipShower;
  private readonly stills: StillShower;
  private readonly blocks = new Map<number, { clips: Clip[]; asked: number; failed?: boolean }>();
  private readonly ended = new AbortController();
  private stillsAsked = 0;
  private wanted: number | null = null;

  constructor(
    private readonly camera: string,
    show: Show,
  ) {
    this.clips = new ClipShower(show);
    this.stills = new StillShower(show);
  }

  /** Show the picture of `at` as soon as it can be had. */
  want(at: number): void {
    this.wanted = at;
    this.lists(at);
    const clip = this.clipAt(at);
    if (clip) {
      this.stills.leave();
      this.clips.want(clip, at);
      this.beside(at);
    } else if (stillAt(this.stills.stills, at) >= 0 && at >= this.stills.stills[0]!.at - 120) {
      this.clips.leave();
      this.stills.want(at);
    }
  }

  /** Have pictures around `at` at hand, before anybody scrubs. */
  prepare(at: number): void {
    this.lists(at, () => {
      this.beside(at);
      if (!this.clipAt(at)) this.stills.prepare(at);
    });
  }

  /** No picture is wanted any more. */
  rest(): void {
    this.wanted = null;
    this.clips.leave();
    this.stills.leave();
  }

  close(): void {
    this.ended.abort();
    this.clips.close();
    this.stills.close();
  }

  private clipAt(at: number): Clip | null {
    return clipAt(this.blocks.get(Math.floor(at / BLOCK))?.clips ?? [], at);
  }

  private beside(at: number): void {
    for (let hours = -BESIDE; hours <= BESIDE; hours += 1) {
      const near = at + hours * HOUR;
      this.lists(near);
      const clip = this.clipAt(near);
      if (clip) this.clips.prepare(clip);
    }
  }

  /** Ask for what there is around `at`. */
  private lists(at: number, then?: () => void): void {
    const again = () => {
      then?.();
      if (this.wanted !== null) this.want(this.wanted);
    };
    const number = Math.floor(at / BLOCK);
    const known = this.blocks.get(number);
    const now = Date.now();
    const open = (number + 1) * BLOCK + HOUR > now / 1000;
    if (!known || ((open || known.failed) && now - known.asked > NEW_MS)) {
      this.blocks.set(number, { clips: known?.clips ?? [], asked: now });
      void this.block(number).then(
        (clips) => {
          this.blocks.set(number, { clips, asked: now });
          again();
        },
        () => this.blocks.set(number, { clips: known?.clips ?? [], asked: now, failed: true }),
      );
    } else then?.();
    if (open && now - this.stillsAsked > NEW_MS) {
      this.stillsAsked = now;
      void this.running().then(again, noList);
    }
  }

  private async block(number: number): Promise<Clip[]> {
    // Clips may begin in the hour before; none of them is longer.
    const [from, to] = [number * BLOCK - HOUR, (number + 1) * BLOCK];
    // The hour that is running, and one that has just ended, have none yet.
    const until = Math.min(to, Math.floor(Date.now() / 1000 / HOUR - 0.02) * HOUR);
    const hours = await recordedHours(this.camera);
    if (!recordedIn(hours, from, until, Number.POSITIVE_INFINITY)) return [];
    const path = `api/preview/${encodeURIComponent(this.camera)}/start/${from}/end/${to}`;
    try {
      return await json<Clip[]>(path, { signal: this.ended.signal });
    } catch (error) {
      if ((error as { status?: number }).status === 404) return [];
      throw error;
    }
  }

  private async running(): Promise<void> {
    const now = Math.ceil(Date.now() / 1000);
    const path = `api/preview/${encodeURIComponent(this.camera)}/start/${now - 2 * HOUR}/end/${now + 60}/frames`;
    this.stills.stills = stillsOf(await json<string[]>(path, { signal: this.ended.signal }));
  }
}

function noList(): void {
  // The page is left, or there is no connection: the lists are asked for again with the next wish.
}
