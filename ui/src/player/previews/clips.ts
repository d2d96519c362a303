/** Pictures of hours that are over: each hour is a small MP4, held in memory while one leafs through it. */
import { address } from "../../lib/api";
import type { Clip } from "./lookup";

export type Show = (picture: CanvasImageSource, width: number, height: number, at: number) => void;

const FILES = 12; // of some hundred KB each
const DECODERS = 3; // so many videos are open at once; phones have few decoders
const LATE_MS = 250; // a seek that takes longer is taken for done: iOS does not always tell
const REMEMBERED_MS = 30_000; // how long a file that could not be had is left alone

interface Decoder {
  src: string;
  video: HTMLVideoElement;
  url: string;
}

/** Shows moments of clips. Only the newest wish counts; while a seek goes on, the next one waits. */
export class ClipShower {
  private readonly files = new Map<string, Promise<Blob | null>>();
  private readonly decoders: Decoder[] = [];
  private wanted: { clip: Clip; at: number } | null = null;
  private busy = false;
  private closed = false;
  private readonly ended = new AbortController();

  constructor(private readonly show: Show) {}

  want(clip: Clip, at: number): void {
    this.wanted = { clip, at };
    void this.work();
  }

  /** Nothing of clips is wanted any more. */
  leave(): void {
    this.wanted = null;
  }

  /** Have a clip at hand. */
  prepare(clip: Clip): void {
    void this.file(clip.src);
  }

  close(): void {
    this.closed = true;
    this.wanted = null;
    this.ended.abort();
    for (const one of this.decoders) release(one);
  }

  private async work(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    while (this.wanted && !this.closed) {
      const { clip, at } = this.wanted;
      this.wanted = null;
      const decoder = await this.decoder(clip);
      if (!decoder || this.closed) continue;
      const { video } = decoder;
      await seek(video, Math.max(0, Math.min(at - clip.start, (video.duration || 3600) - 0.01)));
      // Drawn also if another is wanted by now: a picture that is a little late is better than none.
      if (!this.closed && video.videoWidth) this.show(video, video.videoWidth, video.videoHeight, at);
    }
    this.busy = false;
  }

  private async decoder({ src }: Clip): Promise<Decoder | null> {
    const known = this.decoders.findIndex((one) => one.src === src);
    if (known >= 0) {
      const [found] = this.decoders.splice(known, 1);
      this.decoders.push(found as Decoder);
      return found as Decoder;
    }
    const file = await this.file(src);
    if (!file || this.closed) return null;
    while (this.decoders.length >= DECODERS) release(this.decoders.shift() as Decoder);
    const url = URL.createObjectURL(file);
    const video = document.createElement("video");
    video.muted = true;
    video.playsInline = true;
    video.preload = "auto";
    video.src = url;
    const made = { src, video, url };
    this.decoders.push(made);
    await ready(video);
    return made;
  }

  private file(src: string): Promise<Blob | null> {
    const known = this.files.get(src);
    if (known) {
      this.files.delete(src);
      this.files.set(src, known);
      return known;
    }
    const loading = fetch(address(src.replace(/^\//, "")), { signal: this.ended.signal })
      .then((response) => (response.ok ? response.blob() : null))
      .catch(() => null)
      .then((blob) => {
        if (!blob) setTimeout(() => this.files.delete(src), REMEMBERED_MS);
        return blob;
      });
    this.files.set(src, loading);
    for (const old of this.files.keys()) if (this.files.size > FILES) this.files.delete(old);
    return loading;
  }
}

function release({ video, url }: Decoder): void {
  video.removeAttribute("src");
  video.load();
  URL.revokeObjectURL(url);
}

/** Wait for the first data; errors end the wait too. */
function ready(video: HTMLVideoElement): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 2000);
    for (const name of ["loadeddata", "error"]) {
      video.addEventListener(
        name,
        () => {
          clearTimeout(timer);
          resolve();
        },
        { once: true },
      );
    }
  });
}

function seek(video: HTMLVideoElement, to: number): Promise<void> {
  if (Math.abs(video.currentTime - to) < 0.001) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      video.removeEventListener("seeked", done);
      // Android: what is set while `seeked` is told is lost, so the next seek begins after it.
      setTimeout(resolve, 0);
    };
    const timer = setTimeout(done, LATE_MS);
    video.addEventListener("seeked", done);
    video.currentTime = to;
  });
}
