import { type ReadonlySignal, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Previews } from "./previews/previews";

interface Props {
  camera: string;
  at: ReadonlySignal<number>;
  /** While true, the picture follows `at`. */
  scrubbing: ReadonlySignal<boolean>;
  /** Whether it may lie over the player: from the beginning of a scrub until the full picture is there. */
  visible: ReadonlySignal<boolean>;
}

const HEIGHT = 360; // of the canvas; previews have 180 lines, which look softer enlarged by the browser alone
const EARLY_MS = 800; // the full picture comes first

/** Small pictures while the playhead is dragged. They lie over the player and stay until it has the full picture. */
export function PreviewScrubber({ camera, at, scrubbing, visible }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const previews = useRef<Previews>(null);
  /** Whether a picture of this scrub was drawn: one of the scrub before must not be seen again. */
  const drawn = useSignal(false);
  useEffect(() => {
    const made = new Previews(camera, (picture, width, height, shown) => {
      if (!canvas.current || !scrubbing.peek()) return;
      paint(canvas.current, picture, width / height);
      canvas.current.dataset.at = String(shown);
      drawn.value = true;
    });
    previews.current = made;
    const early = setTimeout(() => made.prepare(at.peek()), EARLY_MS);
    return () => {
      clearTimeout(early);
      previews.current = null;
      made.close();
    };
  }, [camera]);
  useSignalEffect(() => {
    if (visible.value) return;
    drawn.value = false;
    previews.current?.rest();
  });
  useSignalEffect(() => {
    if (scrubbing.value) previews.current?.want(at.value);
    else previews.current?.rest();
  });
  return <canvas ref={canvas} class="recorded-preview" aria-hidden="true" hidden={!visible.value || !drawn.value} />;
}

function paint(canvas: HTMLCanvasElement, picture: CanvasImageSource, ratio: number): void {
  const width = Math.round(HEIGHT * ratio);
  if (canvas.width !== width || canvas.height !== HEIGHT) {
    canvas.width = width;
    canvas.height = HEIGHT;
  }
  canvas.getContext("2d")?.drawImage(picture, 0, 0, width, HEIGHT);
}
