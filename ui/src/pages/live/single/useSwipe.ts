import type { TargetedPointerEvent } from "preact";
import { useRef } from "preact/hooks";

const FAR_PX = 60;
const LONG_MS = 700;

/** Return handlers that call `step` with 1 or -1 when a finger swipes to the left or right. */
export function useSwipe(step: (by: 1 | -1) => void) {
  const start = useRef<{ x: number; y: number; at: number; id: number } | null>(null);
  return {
    onPointerDown: (event: TargetedPointerEvent<HTMLElement>) => {
      start.current =
        event.pointerType === "mouse" || !event.isPrimary
          ? null
          : { x: event.clientX, y: event.clientY, at: event.timeStamp, id: event.pointerId };
    },
    onPointerUp: (event: TargetedPointerEvent<HTMLElement>) => {
      const from = start.current;
      start.current = null;
      if (!from || from.id !== event.pointerId || event.timeStamp - from.at > LONG_MS) return;
      const [x, y] = [event.clientX - from.x, event.clientY - from.y];
      if (Math.abs(x) > FAR_PX && Math.abs(x) > 2 * Math.abs(y)) step(x < 0 ? 1 : -1);
    },
    onPointerCancel: () => {
      start.current = null;
    },
  };
}
