import type { Signal } from "@preact/signals";
import { t } from "../../../i18n/i18n";
import { follow } from "./Canvas";
import { changeOne } from "./drafts";
import * as polygon from "./polygon";
import type { Shape } from "./shapes";

interface Props {
  camera: string;
  shape: Shape;
  size: { width: number; height: number };
  /** The number of the point that keys move. */
  point: Signal<number | null>;
  place: (event: PointerEvent) => polygon.Point;
}

/** The points of the chosen shape, and between them places where a new point can be drawn out. */
export function Handles({ camera, shape, size, point, place }: Props) {
  const { points } = shape;
  const drag = (event: PointerEvent, index: number, list: readonly polygon.Point[]) => {
    follow(event, (now, first) =>
      changeOne(camera, shape.id, { points: polygon.moved(list, index, place(now)) }, !first || list !== points),
    );
  };
  const grab = (event: PointerEvent, index: number) => {
    if (event.button) return;
    event.stopPropagation();
    point.value = index;
    drag(event, index, points);
  };
  const draw = (event: PointerEvent, index: number) => {
    if (event.button) return;
    event.stopPropagation();
    const more = polygon.inserted(points, index, polygon.middle(points, index));
    changeOne(camera, shape.id, { points: more });
    point.value = index + 1;
    drag(event, index + 1, more);
  };
  return (
    <g>
      {points.map((_, index) => {
        const [x, y] = polygon.middle(points, index);
        return (
          <g key={`middle ${index}`} class="zones-middle" onPointerDown={(event) => draw(event, index)}>
            <circle class="zones-reach" cx={x * size.width} cy={y * size.height} r={14} />
            <circle cx={x * size.width} cy={y * size.height} r={4} />
          </g>
        );
      })}
      {points.map(([x, y], index) => (
        <g
          key={`point ${index}`}
          class={point.value === index ? "zones-point chosen" : "zones-point"}
          role="button"
          tabindex={0}
          aria-label={t("settings.zones.point", { n: index + 1, of: points.length })}
          onFocus={() => (point.value = index)}
          onPointerDown={(event) => grab(event, index)}
        >
          <circle class="zones-reach" cx={x * size.width} cy={y * size.height} r={22} />
          <circle cx={x * size.width} cy={y * size.height} r={7} />
        </g>
      ))}
    </g>
  );
}
