/** Pictures of the hour that is running, of which there is no clip yet: single files, the near ones at hand. */
import { address } from "../../lib/api";
import type { Show } from "./clips";
import { fetchOrder, type Still, stillAt } from "./lookup";

const FILES = 1200; // of some KB each
const AHEAD = 40; // so many around the wanted one are fetched
const PARALLEL = 5;

export class StillShower {
  stills: readonly Still[] = [];
  private readonly files = new Map<string, Blob>();
  private readonly going = new Set<string>();
  private wanted: number | null = null;
  private drawing = false;
  private readonly ended = new AbortController();

  constructor(private readonly show: Show) {}

  /** Show the picture of `at`; until it is there, the nearest that is. */
  want(at: number): void {
    this.wanted = at;
    void this.draw();
    this.fetch();
  }

  leave(): void {
    this.wanted = null;
  }

  prepare(at: number): void {
    this.fetch(stillAt(this.stills, at));
  }

  close(): void {
    this.wanted = null;
    this.ended.abort();
    this.files.clear();
  }

  private async draw(): Promise<void> {
    if (this.drawing) return;
    this.drawing = true;
    let drawn = "";
    while (this.wanted !== null) {
      const at = this.wanted;
      const still = this.nearest(at);
      if (!still || still.name === drawn) break;
      const picture = await createImageBitmap(this.files.get(still.name) as Blob).catch(() => null);
      drawn = still.name;
      if (picture && this.wanted !== null) this.show(picture, picture.width, picture.height, at);
      picture?.close();
      if (this.wanted === at) break;
    }
    this.drawing = false;
  }

  /** The picture of `at` if it is there, else the nearest one that is. */
  private nearest(at: number): Still | null {
    const index = stillAt(this.stills, at);
    for (let away = 0; away < this.stills.length; away += 1) {
      for (const one of [this.stills[index - away], this.stills[index + away]]) {
        if (one && this.files.has(one.name)) return one;
      }
    }
    return null;
  }

  private fetch(index = this.wanted === null ? -1 : stillAt(this.stills, this.wanted)): void {
    if (index < 0) return;
    for (const one of fetchOrder(index, this.stills.length, AHEAD)) {
      if (this.going.size >= PARALLEL) return;
      const { name } = this.stills[one] as Still;
      if (!this.files.has(name) && !this.going.has(name)) void this.load(name);
    }
  }

  private async load(name: string): Promise<void> {
    this.going.add(name);
    try {
      const path = `api/preview/${encodeURIComponent(name)}/thumbnail.webp`;
      const response = await fetch(address(path), { signal: this.ended.signal });
      if (!response.ok) {
        this.stills = this.stills.filter((one) => one.name !== name); // its hour has a clip by now
        return;
      }
      this.files.set(name, await response.blob());
      for (const old of this.files.keys()) if (this.files.size > FILES) this.files.delete(old);
      if (this.wanted !== null && this.stills[stillAt(this.stills, this.wanted)]?.name === name) void this.draw();
    } catch {
      // The page is left, or the connection is lost: it is asked for again when it is wanted.
    } finally {
      this.going.delete(name);
      if (this.wanted !== null && !this.ended.signal.aborted) this.fetch();
    }
  }
}
