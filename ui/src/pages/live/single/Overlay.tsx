import { label } from "../../../i18n/i18n";
import { type CameraConfig, zoneName } from "../../../lib/config";
import { percent } from "../../../lib/units";
import { masks, points } from "./shapes";
import { useBoxes } from "./useBoxes";

/** What is drawn over the picture: zones, masks, and the boxes of tracked objects. */
export function Overlay({ camera, kinds }: { camera: CameraConfig; kinds: string[] }) {
  const { width, height } = camera.detect;
  const size = { width, height };
  return (
    <svg class="live-overlay" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {kinds.includes("masks") && (
        <>
          {masks(camera.motion.mask, size).map((one) => (
            <polygon key={`m${one.points}`} class="mask" points={one.points} />
          ))}
          {masks(camera.objects.mask, size).map((one) => (
            <polygon key={`o${one.points}`} class="mask objects" points={one.points} />
          ))}
        </>
      )}
      {kinds.includes("zones") &&
        Object.entries(camera.zones).map(([name, zone]) => {
          const found = zone.enabled === false ? null : points(zone.coordinates, size);
          if (!found) return null;
          const [x, y] = (found.split(" ")[0] as string).split(",").map(Number) as [number, number];
          const colour = `rgb(${(zone.color ?? [255, 255, 255]).join(" ")})`;
          return (
            <g key={name} style={{ color: colour }}>
              <polygon class="zone" points={found} />
              <text
                x={clamp(x + 8, 8, width * 0.8)}
                y={clamp(y + height / 24, height / 20, height - 8)}
                font-size={height / 28}
              >
                {zoneName(camera.name, name)}
              </text>
            </g>
          );
        })}
      {kinds.includes("boxes") && <Boxes camera={camera} />}
    </svg>
  );
}

function Boxes({ camera: { name, detect } }: { camera: CameraConfig }) {
  const boxes = useBoxes(name);
  return (
    <>
      {boxes.map(({ id, label: what, name: who, score, box: [left, top, right, bottom], moving }) => (
        <g key={id} class={moving ? "box" : "box still"}>
          <rect x={left} y={top} width={right - left} height={bottom - top} />
          <text x={left} y={Math.max(top - 6, detect.height / 30)} font-size={detect.height / 32}>
            {who ?? label(what)} {percent(score)}
          </text>
        </g>
      ))}
    </>
  );
}

const clamp = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most);
