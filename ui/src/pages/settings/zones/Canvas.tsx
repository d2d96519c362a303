import type { Signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../../../i18n/i18n";
import { type CameraConfig, cameraName } from "../../../lib/config";
import { CanvasPicture } from "./CanvasPicture";
import { change, changeOne, setSteps, stepsOf } from "./drafts";
import { Handles } from "./Handles";
import { redone, undone } from "./history";
import { LiveBoxes } from "./LiveBoxes";
import * as polygon from "./polygon";
import { fresh, type Kind, type Shape } from "./shapes";
import { kindWord } from "./words";

interface Props {
  camera: CameraConfig;
  chosen: Signal<string | null>;
  point: Signal<number | null>;
  drawing: Signal<Kind | null>;
  live: boolean;
}

/** The camera's picture with its shapes; the chosen one can be changed by pointer, finger and keys. */
export function Canvas({ camera, chosen, point, drawing, live }: Props) {
  const svg = useRef<SVGSVGElement>(null);
  const [size, setSize] = useState({ width: 640, height: 360 });
  const [drawn, setDrawn] = useState<polygon.Point[]>([]);
  const ratio = camera.detect.width / camera.detect.height || 16 / 9;
  const shapes = stepsOf(camera.name).now;
  const shape = shapes.find(({ id }) => id === chosen.value);

  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => {
      if (entry?.contentRect.width) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    if (svg.current) watch.observe(svg.current);
    return () => watch.disconnect();
  }, []);
  // At once: an effect after the next frame would take away what was clicked meanwhile.
  useLayoutEffect(() => {
    setDrawn([]);
    if (drawing.value) svg.current?.focus();
  }, [drawing.value]);

  const place = (event: PointerEvent): polygon.Point => {
    const box = (svg.current as SVGSVGElement).getBoundingClientRect();
    return polygon.clamp([(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
  };
  const finish = (points = drawn) => {
    const kind = drawing.peek();
    if (!kind || points.length < 3) return;
    const made = fresh(kind, newName(kind, shapes), points);
    drawing.value = null;
    change(camera.name, [...shapes, made]);
    chosen.value = made.id;
  };
  const press = (event: PointerEvent) => {
    if (event.button) return;
    const here = place(event);
    if (drawing.value) {
      const first = drawn[0];
      if (first && drawn.length > 2 && near(first, here, size)) finish();
      else setDrawn([...drawn, here]);
      return;
    }
    const hit = [shape, ...shapes].find((one) => one && polygon.contains(one.points, here));
    if (hit && hit === shape) dragAll(event, hit);
    else chosen.value = hit?.id ?? null;
  };
  const dragAll = (event: PointerEvent, { id, points }: Shape) => {
    const from = place(event);
    follow(event, (now, first) => {
      const [x, y] = place(now);
      changeOne(camera.name, id, { points: polygon.shifted(points, [x - from[0], y - from[1]]) }, !first);
    });
  };
  const key = (event: KeyboardEvent) => {
    const does = keyOf(event, Boolean(drawing.value), shape, point.value);
    if (!does) return;
    event.preventDefault();
    event.stopPropagation();
    const steps = stepsOf(camera.name);
    if (does === "undo") setSteps(camera.name, undone(steps));
    else if (does === "redo") setSteps(camera.name, redone(steps));
    else if (does === "finish") finish();
    else if (does === "back") setDrawn(drawn.slice(0, -1));
    else if (does === "cancel") {
      if (drawing.value) drawing.value = null;
      else chosen.value = null;
    } else if (shape) changeOne(camera.name, shape.id, does);
  };

  return (
    <div class="zones-canvas" style={{ aspectRatio: ratio }} onKeyDown={key}>
      <CanvasPicture camera={camera} />
      <svg
        ref={svg}
        class={drawing.value ? "zones-svg drawing" : "zones-svg"}
        viewBox={`0 0 ${size.width} ${size.height}`}
        role="application"
        aria-label={t("settings.zones.canvas", { camera: cameraName(camera.name) })}
        tabindex={0}
        onPointerDown={press}
      >
        {live && <LiveBoxes camera={camera} size={size} />}
        {[...shapes]
          .sort((a, b) => Number(a === shape) - Number(b === shape))
          .map((one) => (
            <polygon
              key={one.id}
              class={classOf(one, one === shape)}
              style={one.colour ? { color: one.colour } : undefined}
              points={pixels(one.points, size)}
            />
          ))}
        {drawn.length > 0 && <polyline class="zones-drawn" points={pixels(drawn, size)} />}
        {drawn.map(([x, y], n) => (
          <circle
            key={`${x},${y}`}
            class={n ? "zones-dot" : "zones-dot first"}
            cx={x * size.width}
            cy={y * size.height}
            r={6}
          />
        ))}
        {shape && !drawing.value && (
          <Handles camera={camera.name} shape={shape} size={size} point={point} place={place} />
        )}
      </svg>
      {drawing.value && (
        <p class="zones-hint small" role="status">
          {t(drawn.length < 3 ? "settings.zones.draw" : "settings.zones.drawEnd")}
        </p>
      )}
    </div>
  );
}

interface Size {
  width: number;
  height: number;
}

type Does = "undo" | "redo" | "finish" | "back" | "cancel" | { points: polygon.Point[] };

function keyOf(event: KeyboardEvent, drawing: boolean, shape: Shape | undefined, point: number | null): Does | null {
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (command && key === "z") return event.shiftKey ? "redo" : "undo";
  if (command && key === "y") return "redo";
  if (key === "escape" && (drawing || shape)) return "cancel";
  if (drawing) return key === "enter" ? "finish" : key === "backspace" ? "back" : null;
  if (!shape || command) return null;
  const by = { arrowleft: [-1, 0], arrowright: [1, 0], arrowup: [0, -1], arrowdown: [0, 1] }[key];
  if (by) {
    const step = event.shiftKey ? 0.02 : 0.002;
    const [dx, dy] = [(by[0] as number) * step, (by[1] as number) * step];
    const at = point === null ? undefined : shape.points[point];
    if (point === null || !at) return { points: polygon.shifted(shape.points, [dx, dy]) };
    return { points: polygon.moved(shape.points, point, [at[0] + dx, at[1] + dy]) };
  }
  if (point === null) return null;
  if (key === "delete" || key === "backspace") return { points: polygon.without(shape.points, point) };
  if (key === "insert" || key === "+") {
    return { points: polygon.inserted(shape.points, point, polygon.middle(shape.points, point)) };
  }
  return null;
}

/** Call `move` while the pointer that was pressed moves, until it is let go. */
export function follow(start: PointerEvent, move: (event: PointerEvent, first: boolean) => void): void {
  const from = [start.clientX, start.clientY] as const;
  let first = true;
  const moved = (event: PointerEvent) => {
    if (event.pointerId !== start.pointerId) return;
    if (first && Math.hypot(event.clientX - from[0], event.clientY - from[1]) < 3) return;
    move(event, first);
    first = false;
  };
  const end = (event: PointerEvent) => {
    if (event.pointerId !== start.pointerId) return;
    removeEventListener("pointermove", moved);
    removeEventListener("pointerup", end);
    removeEventListener("pointercancel", end);
  };
  addEventListener("pointermove", moved);
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);
}

const near = (a: polygon.Point, b: polygon.Point, { width, height }: Size) =>
  Math.hypot((a[0] - b[0]) * width, (a[1] - b[1]) * height) < 16;

const pixels = (points: readonly polygon.Point[], { width, height }: Size) =>
  points.map(([x, y]) => `${(x * width).toFixed(1)},${(y * height).toFixed(1)}`).join(" ");

const classOf = ({ kind, enabled }: Shape, chosen: boolean) =>
  ["zones-shape", kind, chosen ? "chosen" : "", enabled ? "" : "off"].filter(Boolean).join(" ");

export function newName(kind: Kind, shapes: readonly Shape[]): string {
  const base = kindWord(kind);
  const names = new Set(shapes.map(({ name }) => name));
  let n = 1;
  while (names.has(`${base} ${n}`)) n += 1;
  return `${base} ${n}`;
}
