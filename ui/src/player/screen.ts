/** The picture behind the video: the newest still until video runs, and the last frame when it has gone. */
import { signal } from "@preact/signals";
import { keepStill, keptStill, loadStill } from "./stills";

const WIDEST = 1280;

export class Screen {
  /** When the picture was taken, epoch seconds; null while there is none. */
  readonly at = signal<number | null>(null);
  private canvas: HTMLCanvasElement | null = null;
  private asking: AbortController | null = null;

  /** `height` is that of stills, 0 if there are none. */
  constructor(
    private readonly camera: string,
    private readonly height: number,
  ) {}

  /** Draw on this canvas, at first what was seen last of the camera. */
  attach(canvas: HTMLCanvasElement | null): void {
    this.canvas = canvas;
    const kept = canvas && keptStill(this.camera);
    if (kept) this.draw(kept.bitmap, kept.at);
  }

  draw(bitmap: ImageBitmap, at: number): void {
    const { canvas } = this;
    if (!canvas) return;
    if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
    }
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
    this.at.value = at;
  }

  /** Keep the last picture of a video that is about to go; without a video, what is on the canvas. */
  capture(video: HTMLVideoElement | null, at: number): void {
    const { canvas } = this;
    if (!canvas) return;
    if (video?.videoWidth && video.readyState >= 2) {
      const width = Math.min(WIDEST, video.videoWidth);
      canvas.width = width;
      canvas.height = Math.round((width * video.videoHeight) / video.videoWidth);
      canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
      this.at.value = at;
    }
    if (this.at.peek()) void keepStill(this.camera, canvas, this.at.peek() as number);
  }

  /** Load the newest still, and show it if it is still `wanted` and newer than what is seen. */
  async showStill(wanted: () => boolean): Promise<void> {
    if (!this.height || this.asking) return;
    const asked = new AbortController();
    this.asking = asked;
    try {
      const still = await loadStill(this.camera, this.height, asked.signal);
      if (still && !asked.signal.aborted && wanted() && still.at > (this.at.peek() ?? 0))
        this.draw(still.bitmap, still.at);
      still?.bitmap.close();
    } catch {
      /* the next one may come */
    } finally {
      if (this.asking === asked) this.asking = null;
    }
  }

  /** Ask for no still any more. */
  settle(): void {
    this.asking?.abort();
    this.asking = null;
  }

  /** Return what is seen as JPEG, in the size of the video if there is one. */
  snapshot(video: HTMLVideoElement | null): Promise<Blob | null> {
    let from = this.canvas;
    if (video?.videoWidth) {
      from = document.createElement("canvas");
      [from.width, from.height] = [video.videoWidth, video.videoHeight];
      from.getContext("2d")?.drawImage(video, 0, 0);
    }
    return new Promise((done) => (from ? from.toBlob(done, "image/jpeg", 0.95) : done(null)));
  }
}
