/** Arranging by dragging: a mouse may always, a finger while the user arranges (else it scrolls). */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Box } from "./layout";
import { moved } from "./order";

interface Drag {
  name: string;
  x: number;
  y: number;
  /** The order that it would be now. */
  order: string[];
}

const SLACK_PX = 8; // a hand that clicks moves that much

/** Return what is dragged now, and what begins it. `names` and `boxes` are of the grid as it is. */
export function useDrag(names: string[], boxes: Box[], arranging: boolean, onDrop: (order: string[]) => void) {
  const [drag, setDrag] = useState<Drag | null>(null);
  const end = useRef<() => void>(() => {});
  useEffect(() => () => end.current(), []);

  const grab = (name: string, event: PointerEvent) => {
    if (event.button || !event.isPrimary || (event.pointerType !== "mouse" && !arranging)) return;
    if ((event.target as Element).closest("button")) return;
    const from = names.indexOf(name);
    const home = boxes[from];
    if (!home || names.length < 2) return;
    const start = { x: event.pageX, y: event.pageY };
    let now: Drag | null = null;

    const move = (to: PointerEvent) => {
      if (to.pointerId !== event.pointerId) return;
      const [x, y] = [to.pageX - start.x, to.pageY - start.y];
      if (!now && Math.hypot(x, y) < SLACK_PX) return;
      const place = nearest(boxes, home.x + home.width / 2 + x, home.y + home.height / 2 + y);
      now = { name, x, y, order: moved(names, name, place) };
      setDrag(now);
    };
    const up = (to: Event) => {
      if ((to as PointerEvent).pointerId !== event.pointerId && to.type !== "keydown") return;
      if (to.type === "keydown" && (to as KeyboardEvent).key !== "Escape") return;
      end.current();
      if (now && to.type === "pointerup") {
        onDrop(now.order);
        swallowClick();
      }
    };
    end.current = () => {
      removeEventListener("pointermove", move);
      for (const kind of ["pointerup", "pointercancel", "keydown"]) removeEventListener(kind, up);
      end.current = () => {};
      setDrag(null);
    };
    addEventListener("pointermove", move);
    for (const kind of ["pointerup", "pointercancel", "keydown"]) addEventListener(kind, up);
  };
  return { drag, grab };
}

/** The click that ends a drag opens nothing. */
function swallowClick(): void {
  const swallow = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
}

function nearest(boxes: Box[], x: number, y: number): number {
  const far = ({ x: left, y: top, width, height }: Box) => Math.hypot(left + width / 2 - x, top + height / 2 - y);
  return boxes.reduce((best, box, index) => (far(box) < far(boxes[best] as Box) ? index : best), 0);
}
