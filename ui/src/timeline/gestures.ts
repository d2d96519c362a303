/** Pointers and wheel on the timeline: one finger or the mouse scrubs, the axis is dragged, two fingers zoom. */
import { type Shown, type Target, targetAt } from "./layout";
import { bounded, moved, pinched, timeAt, type View, zoomed } from "./scale";

export interface GestureTarget {
  shown: () => Shown;
  vertical: boolean;
  /** Pictures are asked for at `place` while it is dragged; `move` may come more often than it is drawn. */
  scrub: (place: number, phase: "start" | "move" | "end") => void;
  click: (place: number, target: Target) => void;
  setView: (view: View) => void;
  setRange: (range: [number, number]) => void;
  hasRange: boolean;
  hover: (place: number | null, across: number) => void;
}

type Doing =
  | { what: "scrub"; moved: boolean; target: Target; began: number }
  | { what: "pan"; place: number; view: View }
  | { what: "handle"; fixed: number }
  | { what: "pinch"; times: [number, number] }
  | null;

const STILL = 4; // px that a click may move
const EDGE = 28; // how near to the end of the axis dragging moves the view
const WHEEL = 0.0018;
const LINE = 33; // px of a wheel's line

/** Listen to what happens on `element`; return what ends it. */
export function gestures(element: HTMLElement, use: () => GestureTarget): () => void {
  const down = new Map<number, [along: number, across: number]>();
  let doing: Doing = null;
  let edge = 0;

  const point = (event: { clientX: number; clientY: number }): [number, number] => {
    const box = element.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    return use().vertical ? [y, x] : [x, y];
  };

  const start = (event: PointerEvent) => {
    if (event.button) return;
    element.setPointerCapture(event.pointerId);
    const [along, across] = point(event);
    down.set(event.pointerId, [along, across]);
    if (down.size === 2) beginPinch();
    else if (down.size === 1) doing = begin(along, across, event.shiftKey);
  };

  const begin = (along: number, across: number, shift: boolean): Doing => {
    const { shown, scrub, setRange, hasRange } = use();
    const now = shown();
    const target = targetAt(now, along, across);
    if (target.on === "handle" && now.range) return { what: "handle", fixed: now.range[1 - target.side] as number };
    if (shift && hasRange) {
      const fixed = timeAt(now.view, now.length, along);
      setRange([fixed, fixed]);
      return { what: "handle", fixed };
    }
    if (target.on === "axis") return { what: "pan", place: along, view: now.view };
    if (target.on !== "item") scrub(along, "start");
    return { what: "scrub", moved: target.on !== "item", target, began: along };
  };

  const beginPinch = () => {
    const { shown, scrub } = use();
    if (doing?.what === "scrub" && doing.moved) scrub(doing.began, "end");
    const { view, length } = shown();
    const [a, b] = places();
    doing = { what: "pinch", times: [timeAt(view, length, a), timeAt(view, length, b)] };
  };

  const places = () => [...down.values()].map(([along]) => along) as [number, number];

  const move = (event: PointerEvent) => {
    const [along, across] = point(event);
    if (!down.has(event.pointerId)) {
      if (event.pointerType === "mouse") use().hover(along, across);
      return;
    }
    down.set(event.pointerId, [along, across]);
    const { shown, setView, setRange, scrub } = use();
    const { view, length, now } = shown();
    if (doing?.what === "pan") {
      const each = (doing.view[1] - doing.view[0]) / length;
      setView(moved(doing.view, (doing.place - along) * each, now));
    } else if (doing?.what === "pinch" && down.size === 2) {
      setView(pinched(doing.times, places(), length, now));
    } else if (doing?.what === "handle") {
      const at = Math.min(now, timeAt(view, length, along));
      setRange([Math.min(at, doing.fixed), Math.max(at, doing.fixed)]);
    } else if (doing?.what === "scrub") {
      if (!doing.moved && Math.abs(along - doing.began) < STILL) return;
      scrub(along, doing.moved ? "move" : "start");
      doing.moved = true;
      atEdge(along);
    }
  };

  /** Dragging at the end of the axis moves what is seen. */
  const atEdge = (along: number) => {
    cancelAnimationFrame(edge);
    const { length } = use().shown();
    const over = along < EDGE ? along - EDGE : along > length - EDGE ? along - (length - EDGE) : 0;
    if (!over) return;
    const go = () => {
      const { shown, setView, scrub } = use();
      const { view, now } = shown();
      const next = moved(view, ((view[1] - view[0]) / length) * over * 0.35, now);
      if (next[0] === view[0] || doing?.what !== "scrub") return;
      setView(next);
      scrub(along, "move");
      edge = requestAnimationFrame(go);
    };
    edge = requestAnimationFrame(go);
  };

  const end = (event: PointerEvent) => {
    if (!down.delete(event.pointerId)) return;
    cancelAnimationFrame(edge);
    const { scrub, click } = use();
    const [along] = point(event);
    if (doing?.what === "scrub") {
      if (event.type === "pointercancel") scrub(doing.began, "end");
      else if (doing.moved) scrub(along, "end");
      else click(along, doing.target);
    }
    if (doing?.what === "pinch" && down.size === 1) {
      const { view } = use().shown();
      doing = { what: "pan", place: places()[0], view };
      return;
    }
    if (!down.size) doing = null;
  };

  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const { shown, setView } = use();
    const { view, length, now } = shown();
    const unit = event.deltaMode === 1 ? LINE : event.deltaMode === 2 ? length : 1;
    const sideways = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX;
    if (Math.abs(sideways) > (event.shiftKey ? 0 : Math.abs(event.deltaY))) {
      setView(moved(view, (sideways * unit * (view[1] - view[0])) / length, now));
      return;
    }
    const [along] = point(event);
    const strength = event.ctrlKey ? WHEEL * 5 : WHEEL; // a pinch on a touchpad comes as small turns with Ctrl
    const factor = Math.exp(Math.max(-1, Math.min(1, event.deltaY * unit * strength)));
    setView(zoomed(view, factor, timeAt(view, length, along), now));
  };

  const double = (event: MouseEvent) => {
    const { shown, setView } = use();
    const { view, length, now } = shown();
    setView(zoomed(bounded(view, now), 0.25, timeAt(view, length, point(event)[0]), now));
  };

  const away = () => use().hover(null, 0);
  const listeners: [string, (event: never) => void, AddEventListenerOptions?][] = [
    ["pointerdown", start],
    ["pointermove", move],
    ["pointerup", end],
    ["pointercancel", end],
    ["pointerleave", away],
    ["wheel", wheel, { passive: false }],
    ["dblclick", double],
  ];
  for (const [name, listener, options] of listeners) element.addEventListener(name, listener as EventListener, options);
  return () => {
    cancelAnimationFrame(edge);
    for (const [name, listener] of listeners) element.removeEventListener(name, listener as EventListener);
  };
}
