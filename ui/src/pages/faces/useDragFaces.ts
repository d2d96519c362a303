/** Pictures that a mouse or a pen drags onto a person. With a finger, and with keys, they are chosen and moved. */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

const FROM_PX = 6;

/** The person under the pointer while something is dragged. */
export const over = signal<string | null>(null);

interface Drag {
  files: string[];
  x: number;
  y: number;
}

/** Where the dragged pictures are; null while nothing is. */
export const dragged = signal<Drag | null>(null);

/** Return what begins a drag. `drop` is called with the pictures and the person on whom they were let go.
 *
 * The click that a drag ends with chooses nothing.
 */
export function useDragFaces(drop: (files: string[], person: string) => void) {
  const ends = useRef<(() => void) | null>(null);
  useEffect(() => () => ends.current?.(), []);
  return (event: PointerEvent, files: string[]) => {
    if (event.pointerType === "touch" || event.button !== 0) return;
    const from = [event.clientX, event.clientY] as const;
    const move = ({ clientX: x, clientY: y }: PointerEvent) => {
      if (!dragged.peek() && Math.hypot(x - from[0], y - from[1]) < FROM_PX) return;
      dragged.value = { files, x, y };
      const card = document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-person]");
      over.value = card?.dataset.person ?? null;
    };
    const stop = () => {
      ends.current = null;
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", up);
      removeEventListener("pointercancel", stop);
      removeEventListener("keydown", key);
      dragged.value = null;
      over.value = null;
    };
    const up = () => {
      const person = over.peek();
      const was = dragged.peek();
      stop();
      if (!was) return;
      addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
      if (person) drop(was.files, person);
    };
    const key = (pressed: KeyboardEvent) => pressed.key === "Escape" && stop();
    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
    addEventListener("pointercancel", stop);
    addEventListener("keydown", key);
    ends.current = stop;
  };
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}
