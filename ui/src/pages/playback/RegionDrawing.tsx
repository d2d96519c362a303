import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { t } from "../../i18n/i18n";
import { type Point, polygonOf } from "./region";

interface Props {
  region: readonly Point[] | null;
  /** What was found there, as x, y, width and height in parts of the picture. */
  box: readonly number[] | null;
  onRegion: (region: Point[]) => void;
}

/** Lies over the picture; a line that is drawn with the mouse or a finger is closed to a region. */
export function RegionDrawing({ region, box, onRegion }: Props) {
  const line = useSignal<Point[]>([]);
  const down = useRef(false);
  const point = (event: PointerEvent): Point => {
    const { left, top, width, height } = (event.currentTarget as Element).getBoundingClientRect();
    return [(event.clientX - left) / width, (event.clientY - top) / height];
  };
  const start = (event: PointerEvent) => {
    if (event.button) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    down.current = true;
    line.value = [point(event)];
  };
  const move = (event: PointerEvent) => {
    if (down.current) line.value = [...line.peek(), point(event)];
  };
  const end = () => {
    if (!down.current) return;
    down.current = false;
    const drawn = polygonOf(line.peek());
    line.value = [];
    if (drawn) onRegion(drawn);
  };
  const shown = line.value.length ? line.value : (region ?? []);
  return (
    <svg
      class="playback-region"
      viewBox="0 0 1 1"
      preserveAspectRatio="none"
      role="img"
      aria-label={t("playback.region")}
      onPointerDown={start}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={end}
    >
      {shown.length > 1 && <polygon points={shown.map((one) => one.join()).join(" ")} />}
      {box && !line.value.length && <rect x={box[0]} y={box[1]} width={box[2]} height={box[3]} />}
    </svg>
  );
}
