import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { label } from "../../../i18n/i18n";
import type { CameraConfig } from "../../../lib/config";
import { listen } from "../../../lib/socket";
import { percent } from "../../../lib/units";

interface Tracked {
  id: string;
  camera: string;
  label: string;
  /** Left, top, right, bottom in pixels of the detect frame. */
  box: [number, number, number, number];
  score: number;
  false_positive: boolean;
}

const OLD_MS = 10_000;

/** What is tracked now, so that one sees what a zone would hold. */
export function LiveBoxes({ camera, size }: { camera: CameraConfig; size: { width: number; height: number } }) {
  const seen = useSignal<Record<string, Tracked & { at: number }>>({});
  useEffect(() => {
    const end = listen("events", (payload) => {
      const { type, after } = payload as { type: string; after: Tracked };
      if (after?.camera !== camera.name) return;
      const { [after.id]: _, ...others } = seen.value;
      seen.value = type === "end" ? others : { ...others, [after.id]: { ...after, at: Date.now() } };
    });
    const timer = setInterval(() => {
      const fresh = Object.entries(seen.value).filter(([, one]) => Date.now() - one.at < OLD_MS);
      if (fresh.length < Object.keys(seen.value).length) seen.value = Object.fromEntries(fresh);
    }, 2000);
    return () => {
      end();
      clearInterval(timer);
    };
  }, [camera.name]);
  const [x, y] = [size.width / camera.detect.width, size.height / camera.detect.height];
  return (
    <g class="zones-live" aria-hidden="true">
      {Object.values(seen.value).map(({ id, box: [left, top, right, bottom], label: name, score }) => (
        <g key={id}>
          <rect x={left * x} y={top * y} width={(right - left) * x} height={(bottom - top) * y} rx={3} />
          <text x={left * x + 4} y={Math.max(14, top * y - 5)}>
            {label(name)} {percent(score)}
          </text>
        </g>
      ))}
    </g>
  );
}
