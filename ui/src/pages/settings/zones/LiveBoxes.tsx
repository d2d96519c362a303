import { label } from "../../../i18n/i18n";
import type { CameraConfig } from "../../../lib/config";
import { percent } from "../../../lib/units";
import { useBoxes } from "../../live/single/useBoxes";

/** What is tracked now, so that one sees what a zone would hold. */
export function LiveBoxes({ camera, size }: { camera: CameraConfig; size: { width: number; height: number } }) {
  const boxes = useBoxes(camera.name);
  const [x, y] = [size.width / camera.detect.width, size.height / camera.detect.height];
  return (
    <g class="zones-live" aria-hidden="true">
      {boxes.map(({ id, box: [left, top, right, bottom], label: name, score }) => (
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
