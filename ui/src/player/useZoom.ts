import { type Signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { movedBy, WHOLE, type Zoom, zoomedAt } from "./zoom";

const WHEEL = 0.0022;
const DOUBLE = 2.5;

/** Digital zoom of what `stage` shows: wheel and pinch enlarge, drags move, a double click does and undoes it. */
export function useZoom(stage: RefObject<HTMLElement | null>, active = true): Signal<Zoom> {
  const zoom = useSignal<Zoom>(WHOLE);
  useEffect(() => {
    const element = stage.current;
    if (!element || !active) return undefined;
    const down = new Map<number, [number, number]>();
    const point = ({ clientX, clientY }: MouseEvent): [number, number] => {
      const { left, top, width, height } = element.getBoundingClientRect();
      return [(clientX - left) / width, (clientY - top) / height];
    };
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const by = event.deltaY * (event.deltaMode === 1 ? 33 : 1) * (event.ctrlKey ? 5 : 1);
      zoom.value = zoomedAt(zoom.peek(), Math.exp(-by * WHEEL), ...point(event));
    };
    const start = (event: PointerEvent) => {
      if (event.button || (event.target as Element).closest("button, a")) return;
      down.set(event.pointerId, point(event));
      if (zoom.peek().scale > 1 || down.size > 1) element.setPointerCapture(event.pointerId);
    };
    const move = (event: PointerEvent) => {
      const before = down.get(event.pointerId);
      if (!before) return;
      const now = point(event);
      const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
      down.set(event.pointerId, now);
      if (other) {
        const factor = apart(now, other) / (apart(before, other) || 1);
        zoom.value = zoomedAt(zoom.peek(), factor, (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
      } else if (zoom.peek().scale > 1) {
        zoom.value = movedBy(zoom.peek(), now[0] - before[0], now[1] - before[1]);
      }
    };
    const end = (event: PointerEvent) => {
      down.delete(event.pointerId);
    };
    const double = (event: MouseEvent) => {
      if ((event.target as Element).closest("button, a")) return;
      zoom.value = zoom.peek().scale > 1 ? WHOLE : zoomedAt(WHOLE, DOUBLE, ...point(event));
    };
    const listeners: [string, EventListener, AddEventListenerOptions?][] = [
      ["wheel", wheel as EventListener, { passive: false }],
      ["pointerdown", start as EventListener],
      ["pointermove", move as EventListener],
      ["pointerup", end as EventListener],
      ["pointercancel", end as EventListener],
      ["dblclick", double as EventListener],
    ];
    for (const [name, listener, options] of listeners) element.addEventListener(name, listener, options);
    return () => {
      for (const [name, listener] of listeners) element.removeEventListener(name, listener);
    };
  }, [active]);
  return zoom;
}

const apart = ([x, y]: [number, number], [u, v]: [number, number]) => Math.hypot(x - u, y - v);
