import { type ReadonlySignal, type Signal, useSignal, useSignalEffect } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { toastError } from "../lib/toasts";
import { Engine } from "./engine";

export interface Recording {
  camera: string;
  /** What is shown (epoch s): set it to seek; it is moved while the recording plays. */
  at: Signal<number>;
  playing: Signal<boolean>;
  /** True while the user drags the playhead: small pictures are shown, then the full one. */
  scrubbing: ReadonlySignal<boolean>;
  speed: ReadonlySignal<number>;
  muted: Signal<boolean>;
}

const STILL_MS = 140; // who holds the playhead so long is shown the full picture

/** Let a video element play a recording; return what plays, and whether small pictures may lie over it. */
export function useRecording(
  video: RefObject<HTMLVideoElement | null>,
  { camera, at, playing, scrubbing, speed, muted }: Recording,
): { engine: Signal<Engine | null>; covered: Signal<boolean> } {
  const engine = useSignal<Engine | null>(null);
  const covered = useSignal(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    const made = new Engine(video.current!, camera, at, () => {
      playing.value = false;
    });
    engine.value = made;
    return () => {
      clearTimeout(timer.current);
      engine.value = null;
      made.close();
    };
  }, [camera]);

  /** Show the full picture, and play if it should. */
  const show = async (player: Engine) => {
    const moment = at.peek();
    const shown = await player.show(moment);
    if (engine.peek() !== player || (at.peek() !== moment && !player.follows())) return;
    if (shown || !["loading"].includes(player.state.peek())) covered.value = false;
    // Where nothing was recorded, it goes on at the next recording.
    const on = shown || Number.isFinite(player.gap.peek()?.[1]);
    if (on && playing.peek() && !scrubbing.peek()) await start(player);
  };
  const start = (player: Engine) =>
    player.play().catch((error: unknown) => {
      playing.value = false;
      toastError(error);
    });

  useSignalEffect(() => {
    const player = engine.value;
    const dragged = scrubbing.value;
    void at.value;
    if (!player) return;
    if (dragged) {
      video.current?.pause();
      covered.value = true;
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void show(player), STILL_MS);
    } else if (!player.follows()) {
      clearTimeout(timer.current);
      void show(player);
    }
  });
  const dragged = useRef(false);
  useSignalEffect(() => {
    // Released where it was held still: the picture is there already, or comes.
    const ended = dragged.current && !scrubbing.value;
    dragged.current = scrubbing.value;
    const player = engine.peek();
    if (!ended || !player) return;
    clearTimeout(timer.current);
    void show(player);
  });
  useSignalEffect(() => {
    const wanted = playing.value;
    const player = engine.value;
    if (!player || scrubbing.peek()) return;
    if (!wanted) video.current?.pause();
    else if (video.current?.paused && player.state.peek() !== "loading") void start(player);
  });
  useSignalEffect(() => engine.value?.speed(speed.value));
  useSignalEffect(() => {
    if (video.current) video.current.muted = muted.value;
  });
  useEffect(() => {
    // Keys of the keyboard, the headset, or the small window of the browser.
    const element = video.current!;
    const paused = () => {
      const own = scrubbing.peek() || element.ended || element.seeking || engine.peek()?.state.peek() !== "ready";
      if (!own) playing.value = false;
    };
    const played = () => {
      if (!scrubbing.peek()) playing.value = true;
    };
    element.addEventListener("pause", paused);
    element.addEventListener("play", played);
    return () => {
      element.removeEventListener("pause", paused);
      element.removeEventListener("play", played);
    };
  }, []);
  return { engine, covered };
}
