/** Where a video element gets its media from: Media Source by hls.js, or the browser's own HLS where that is missing. */
import type { FragLoadedData, HlsConfig, LoaderCallbacks, LoaderConfiguration, PlaylistLoaderContext } from "hls.js";
import type { Segment } from "./playlist";
import { pictureTimes, type Track, usualGap, videoTrack } from "./samples";

export interface Source {
  /** The segments, where they lie in the player's time now. */
  segments: () => readonly Segment[];
  /** When the pictures around `media` are shown, in the player's time; empty if that is not known. */
  pictures: (media: number) => readonly number[];
  /** The usual seconds between two pictures. */
  frame: () => number;
  /** Buffer as much as this speed needs. */
  speed: (rate: number) => void;
  close: () => void;
}

export interface Opened {
  address: string;
  /** The playlist's text and segments; `start` is where to begin in the player's time. */
  text: string;
  segments: readonly Segment[];
  start: number;
  onError: (error: Error) => void;
}

const BUFFER_S = 20; // of media, at normal speed
const KEPT_S = 30; // behind what is shown, so that steps back are quick
const KNOWN = 12; // segments whose pictures are remembered

/** Let `video` play a playlist. */
export async function open(video: HTMLVideoElement, what: Opened): Promise<Source> {
  const { default: Hls } = await import("hls.js/light");
  if (!Hls.isSupported()) return openNative(video, what);
  const known = new Pictures();
  const hls = new Hls({
    ...config(what.start),
    pLoader: textLoader(what) as unknown as NonNullable<HlsConfig["pLoader"]>,
  });
  let segments = what.segments;
  const place = () => {
    const fragments = hls.levels[0]?.details?.fragments;
    if (fragments?.length !== what.segments.length) return;
    segments = what.segments.map((one, index) => ({ ...one, media: fragments[index]!.start }));
  };
  hls.on(Hls.Events.FRAG_LOADED, (_event, data) => known.take(data));
  hls.on(Hls.Events.LEVEL_PTS_UPDATED, place);
  hls.on(Hls.Events.FRAG_BUFFERED, place);
  let repaired = false;
  hls.on(Hls.Events.ERROR, (_event, { fatal, type, error }) => {
    if (!fatal) return;
    if (type === Hls.ErrorTypes.MEDIA_ERROR && !repaired) {
      repaired = true;
      hls.recoverMediaError();
    } else what.onError(error);
  });
  hls.attachMedia(video);
  hls.loadSource(what.address);
  return {
    segments: () => segments,
    pictures: (media) => known.around(media),
    frame: () => known.frame,
    speed: (rate) => {
      hls.config.maxBufferLength = BUFFER_S * Math.max(1, rate / 2);
    },
    close: () => hls.destroy(),
  };
}

function config(start: number): Partial<HlsConfig> {
  return {
    // Its worker is made of a blob, which the page's policy refuses; fragmented MP4 needs hardly any work.
    enableWorker: false,
    startPosition: start,
    maxBufferLength: BUFFER_S,
    maxMaxBufferLength: BUFFER_S * 8,
    backBufferLength: KEPT_S,
    startFragPrefetch: true,
    maxBufferHole: 0.5,
    nudgeMaxRetry: 8,
  };
}

/** When the pictures of loaded segments are shown. */
class Pictures {
  frame = usualGap([]);
  private track: Track | null = null;
  private readonly known = new Map<string, { start: () => number; end: number; times: number[] }>();

  take({ frag, payload }: FragLoadedData): void {
    if (!payload.byteLength) return;
    const bytes = new DataView(payload);
    if (frag.sn === "initSegment") {
      this.track = videoTrack(bytes);
      return;
    }
    if (!this.track) return;
    const times = pictureTimes(bytes, this.track);
    this.frame = usualGap(times);
    const key = frag.relurl ?? String(frag.sn);
    this.known.delete(key);
    // Where it begins is only known for sure when it has been parsed.
    const start = () => frag.startPTS ?? frag.start;
    this.known.set(key, { start, end: frag.duration, times });
    for (const old of this.known.keys()) if (this.known.size > KNOWN) this.known.delete(old);
  }

  /** The pictures of the segment at `media`, and of those beside it. */
  around(media: number): number[] {
    const near = [...this.known.values()].filter(({ start, end }) => {
      const from = start();
      return media >= from - end - 1 && media <= from + 2 * end + 1;
    });
    return near.flatMap(({ start, times }) => times.map((time) => time + start())).sort((a, b) => a - b);
  }
}

/** A loader of playlists that gives what has been read already. */
function textLoader({ address, text }: Opened) {
  return class {
    context: PlaylistLoaderContext | null = null;
    stats = {
      aborted: false,
      loaded: text.length,
      retry: 0,
      total: text.length,
      chunkCount: 0,
      bwEstimate: 0,
      loading: { start: 0, first: 0, end: 0 },
      parsing: { start: 0, end: 0 },
      buffering: { start: 0, first: 0, end: 0 },
    };

    load(
      context: PlaylistLoaderContext,
      _config: LoaderConfiguration,
      told: LoaderCallbacks<PlaylistLoaderContext>,
    ): void {
      this.context = context;
      const now = performance.now();
      this.stats.loading = { start: now, first: now, end: now };
      queueMicrotask(() => told.onSuccess({ url: address, data: text }, this.stats, context, null));
    }

    abort(): void {}

    destroy(): void {
      this.context = null;
    }
  };
}

/** The browser's own HLS, as on iPhones before iOS 17.1. */
function openNative(video: HTMLVideoElement, { address, segments, start, onError }: Opened): Source {
  const failed = () => onError(new Error(video.error?.message || "The browser cannot play this."));
  // Seeks before metadata are lost, and `loadedmetadata` may come before we listen.
  const begin = () => {
    if (Math.abs(video.currentTime - start) > 0.05) video.currentTime = start;
  };
  video.addEventListener("error", failed);
  video.addEventListener("loadedmetadata", begin, { once: true });
  video.src = address;
  video.load();
  return {
    segments: () => segments,
    pictures: () => [],
    frame: () => usualGap([]),
    speed: () => {},
    close: () => {
      video.removeEventListener("error", failed);
      video.removeEventListener("loadedmetadata", begin);
      video.removeAttribute("src");
      video.load();
    },
  };
}
