/** One live picture: shows the newest still at once, then video, and comes back by itself whatever happens. */
import { type Signal, signal } from "@preact/signals";
import { sessionLost } from "../lib/session-state";
import type { End, Feed, Stage, Transport } from "./feed";
import { canMse, openMse } from "./mse";
import { backoff, Choice, type Mode } from "./order";
import { Screen } from "./screen";

export type Phase = "paused" | "starting" | "playing" | "stalled";

export interface SessionOptions {
  /** The camera, whose newest picture is shown until video runs. */
  camera: string;
  /** The stream's name. */
  src: string;
  mode: Mode;
  sound: boolean;
  /** The height of stills, in pixels; 0 if there are none. */
  stillHeight: number;
}

const TICK_MS = 500;
const STILL_MS = 1000;
const STALLED_MS = 3000; // without a new picture for so long, the picture counts as old
const RESTART_MS = 6000;
const NO_FRAME_MS = 8000; // data comes, but no picture of it is shown
const NO_DATA_MS = 18_000; // the server itself gives up after 15 s
const STEADY_MS = 10_000; // who has played so long begins with short waits again

/** Whether a way plays in the video element; others draw pictures. */
const isVideo = (way: Transport | null) => way === "mse" || way === "webrtc";

export class LiveSession {
  readonly phase = signal<Phase>("paused");
  readonly transport = signal<Transport | null>(null);
  readonly codecs = signal("");
  readonly hasSound = signal(false);
  /** When the picture that stands still was taken, epoch seconds; null while there is none. */
  readonly pictureAt: Signal<number | null>;
  /** Why it does not play, in the server's or the browser's words. */
  readonly problem = signal("");
  /** Whether the video element has a picture. */
  readonly moving = signal(false);
  /** Whether there was video, or there should have been some by now. */
  readonly lost = signal(false);
  readonly counts = { starts: 0, stalls: 0 };

  private video: HTMLVideoElement | null = null;
  private readonly screen: Screen;
  private choice: Choice;
  private feed: Feed | null = null;
  private hevc = true;
  private microphone: MediaStreamTrack | null = null;
  private talkEnded: (why: string) => void = () => {};
  private tries = 0;
  private started = 0;
  private steadySince = 0;
  private lastFrames = 0;
  private lastAt = 0;
  private shown = 0;
  private ticking: ReturnType<typeof setInterval> | undefined;
  private again: ReturnType<typeof setTimeout> | undefined;
  private stillAsked = 0;

  constructor(readonly options: SessionOptions) {
    this.choice = this.choose();
    this.screen = new Screen(options.camera, options.stillHeight);
    this.pictureAt = this.screen.at;
  }

  /** Play on these elements, until `release`. */
  attach(video: HTMLVideoElement, canvas: HTMLCanvasElement): void {
    this.video = video;
    this.screen.attach(canvas);
  }

  /** Let go of everything. */
  release(): void {
    this.pause();
    this.video = null;
    this.screen.attach(null);
  }

  /** Play; what plays already goes on. */
  play(): void {
    if (this.ticking !== undefined || !this.video) return;
    this.ticking = setInterval(() => this.tick(), TICK_MS);
    this.lost.value = false;
    this.tries = 0;
    this.start();
  }

  /** Stop, and keep the last picture. */
  pause(): void {
    clearInterval(this.ticking);
    this.ticking = undefined;
    this.stop();
    this.screen.settle();
    this.phase.value = "paused";
    if (this.microphone) {
      const tell = this.talkEnded;
      this.talk(null); // nobody is heard who does not see it
      tell("");
    }
  }

  /** Try at once: something has told that it may work again. */
  retry(): void {
    if (this.ticking === undefined || this.phase.peek() === "playing") return;
    this.tries = 0;
    if (!this.feed || this.phase.peek() === "stalled") this.start();
  }

  /** Send a microphone's sound, or end that. `ended` is called when somebody else ends it, with the reason. */
  talk(microphone: MediaStreamTrack | null, ended: (why: string) => void = () => {}): void {
    if (!microphone && !this.microphone) return;
    this.microphone?.stop();
    this.microphone = microphone;
    this.talkEnded = ended;
    this.choice = this.choose();
    if (this.ticking !== undefined) this.start();
  }

  /** Bytes received over the present connection. */
  bytes(): number | Promise<number> {
    return this.feed?.bytes() ?? 0;
  }

  /** The element that plays. */
  get element(): HTMLVideoElement | null {
    return this.video;
  }

  /** A number that grows with each picture that was shown. */
  frameCount(): number {
    return !isVideo(this.transport.peek()) || !this.video
      ? this.shown
      : (this.video.getVideoPlaybackQuality?.().totalVideoFrames ?? 0);
  }

  /** The picture that is seen, in the size of the stream; null if none is live. */
  async snapshot(): Promise<Blob | null> {
    return this.phase.peek() === "playing" ? this.screen.snapshot(this.moving.peek() ? this.video : null) : null;
  }

  private choose(): Choice {
    const { mode } = this.options;
    return new Choice(this.microphone ? "webrtc" : mode, (way) =>
      way === "mse" ? canMse() : way === "webrtc" ? "RTCPeerConnection" in window : true,
    );
  }

  private start(): void {
    this.stop();
    this.phase.value = "starting";
    this.showStill();
    const way = this.choice.now(performance.now());
    this.transport.value = way;
    this.started = this.lastAt = performance.now();
    this.lastFrames = this.frames();
    if (!way || !this.video) return; // stills go on
    this.counts.starts += 1;
    void this.open(way, this.video);
  }

  private async open(way: Transport, video: HTMLVideoElement): Promise<void> {
    const begun = this.started;
    const mine = () => this.started === begun && this.ticking !== undefined && this.video === video;
    const stage: Stage = {
      src: this.options.src,
      video,
      sound: this.options.sound,
      hevc: this.hevc,
      microphone: this.microphone,
      picture: (bitmap) => {
        this.shown += 1;
        this.screen.draw(bitmap, Date.now() / 1000);
        bitmap.close();
        if (this.phase.peek() !== "playing") this.tick();
      },
      told: (codecs, sound) => {
        this.codecs.value = codecs;
        this.hasSound.value = sound;
      },
      ended: (end, message) => mine() && this.ended(way, end, message ?? ""),
    };
    try {
      const opened =
        way === "mse"
          ? openMse(stage)
          : way === "webrtc"
            ? (await import("./webrtc")).openWebRtc(stage)
            : way === "mjpeg"
              ? (await import("./mjpeg")).openMjpeg(stage)
              : (await import("./mpeg1")).openMpeg1(stage);
      if (mine()) this.feed = opened;
      else opened.close();
    } catch (error) {
      if (mine()) this.ended(way, "unsupported", String(error));
      return;
    }
    if (isVideo(way)) video.requestVideoFrameCallback?.(() => mine() && this.progress());
  }

  private ended(way: Transport, end: End, message: string): void {
    this.feed = null;
    this.problem.value = message;
    if (this.microphone && end !== "again") {
      const tell = this.talkEnded;
      this.talk(null); // it plays on without
      tell(message.replace(/^webrtc[^:]*: /, ""));
    } else if (end === "logout") {
      sessionLost.value = true;
      this.wait();
    } else if (end === "unsupported") {
      if (way === "mse" && this.hevc && /hvc1|hev1/.test(this.codecs.peek())) this.hevc = false;
      else this.choice.refuse(way, performance.now());
      this.start();
    } else if (end === "again" && !this.tries) {
      this.tries = 1;
      this.start();
    } else this.wait();
  }

  private wait(): void {
    this.stop();
    this.phase.value = "stalled";
    this.lost.value = true;
    this.again = setTimeout(() => this.start(), backoff(this.tries, Math.random()));
    this.tries += 1;
  }

  private stop(): void {
    clearTimeout(this.again);
    if (this.phase.peek() === "playing" || this.phase.peek() === "stalled")
      this.screen.capture(isVideo(this.transport.peek()) ? this.video : null, this.pictureTime());
    this.started = 0;
    this.moving.value = false;
    this.feed?.close();
    this.feed = null;
  }

  private tick(): void {
    const { video } = this;
    if (!video) return;
    const now = performance.now();
    const frames = this.frames();
    const other = frames !== this.lastFrames;
    this.lastFrames = frames;
    if (video.paused && this.feed && !document.hidden) video.play().catch(() => {});
    if (other && (!isVideo(this.transport.peek()) || video.readyState >= 2)) this.progress();
    this.feed?.tick?.();
    const idle = now - this.lastAt;
    const phase = this.phase.peek();
    if (phase === "playing") {
      if (now - this.steadySince > STEADY_MS) this.tries = 0;
      if (idle > STALLED_MS && this.transport.peek() !== "mpeg1") this.stall(); // that is sent only when it changes
    } else if (now - this.stillAsked > STILL_MS) this.showStill();
    if (phase === "stalled" && this.feed && idle > RESTART_MS) this.wait();
    if (phase === "starting" && this.feed) void this.overdue(idle);
    if (phase === "starting" && idle > STALLED_MS) this.lost.value = true;
    if (phase === "starting" && !this.transport.peek() && this.choice.now(now)) this.start();
  }

  private async overdue(idle: number): Promise<void> {
    const way = this.transport.peek();
    if (!way || idle < NO_FRAME_MS) return;
    if (idle > NO_DATA_MS) this.wait();
    else if (way === "mse" && (await this.bytes()) > 0 && this.phase.peek() === "starting")
      this.ended(way, "unsupported", "no picture");
  }

  private stall(): void {
    this.counts.stalls += 1;
    this.lost.value = true;
    this.pictureAt.value = this.pictureTime();
    this.phase.value = "stalled";
  }

  private progress(): void {
    this.lastFrames = this.frames();
    this.lastAt = performance.now();
    if (this.phase.peek() === "playing") return;
    this.steadySince = this.lastAt;
    this.moving.value = isVideo(this.transport.peek());
    this.phase.value = "playing";
    this.lost.value = false;
    this.problem.value = "";
    this.screen.settle();
  }

  /** A number that changes with each picture. */
  private frames(): number {
    const { video } = this;
    if (!video || !isVideo(this.transport.peek())) return this.shown;
    return video.getVideoPlaybackQuality?.().totalVideoFrames || video.currentTime;
  }

  /** When the newest picture was shown, epoch seconds. */
  private pictureTime(): number {
    return (performance.timeOrigin + this.lastAt) / 1000;
  }

  private showStill(): void {
    this.stillAsked = performance.now();
    void this.screen.showStill(() => this.phase.peek() !== "playing");
  }
}
