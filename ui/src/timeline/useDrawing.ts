import { useSignalEffect } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { language } from "../i18n/i18n";
import { cameraName, config } from "../lib/config";
import { prefs } from "../lib/prefs";
import { zone } from "../lib/time";
import { draw } from "./draw";
import type { Item } from "./items";
import { momentText } from "./labels";
import { targetAt } from "./layout";
import type { Model } from "./model";
import { type Palette, palette } from "./palette";
import { span, timeAt } from "./scale";

const TICK_MS = 5000; // the present goes on
const SHARPEST = 3; // more pixels per px are not seen
const TENTHS_BELOW = 60; // seconds of a view in which frames can be told apart

/** Draw the timeline whenever something of it changes, once a frame at most. */
export function useDrawing(
  model: Model,
  canvas: RefObject<HTMLCanvasElement | null>,
  slider: RefObject<HTMLElement | null>,
): void {
  const frame = useRef(0);
  const colours = useRef<Palette | null>(null);
  const schedule = () => {
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => {
      const context = canvas.current && prepared(canvas.current, model.size.peek());
      if (!context || !slider.current) return;
      colours.current ??= palette(context);
      slider.current.dataset.over = paint(model, context, colours.current);
    });
  };
  useSignalEffect(() => {
    const { view, range, marks, size, version, hover, props } = model;
    // All that the drawing reads; it is read again when the frame comes.
    void [props.at.value, view.value, range.value, marks.value, size.value, version.value, hover.value];
    void [zone.value, prefs.value.clock, language.value, config.value];
    schedule();
  });
  const { cameras, lanes } = { cameras: model.props.cameras.join(), lanes: model.lanes.join() };
  useEffect(schedule, [cameras, lanes, model.vertical]);
  useEffect(() => {
    const timer = setInterval(() => document.hidden || schedule(), TICK_MS);
    const themed = new MutationObserver(() => {
      colours.current = null;
      schedule();
    });
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      clearInterval(timer);
      themed.disconnect();
      cancelAnimationFrame(frame.current);
    };
  }, []);
}

/** Give the canvas as many pixels as the screen has under it. */
function prepared(canvas: HTMLCanvasElement, [width, height]: [number, number]): CanvasRenderingContext2D | null {
  if (!width || !height) return null;
  const ratio = Math.min(SHARPEST, devicePixelRatio || 1);
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const context = canvas.getContext("2d");
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

/** Draw; return what lies under the pointer. */
function paint(model: Model, context: CanvasRenderingContext2D, colours: Palette): string {
  const { content, props, lanes, view, vertical } = model;
  const now = model.now();
  content.moveOn();
  model.contents = props.cameras.map((camera) => content.of(camera, props.cameras, view.peek(), lanes, now));
  const shown = model.shown();
  const pointed = model.hover.peek();
  const target = pointed && targetAt(shown, ...pointed);
  const hovered = target?.on === "item" ? target.item : null;
  const picture = {
    ...shown,
    contents: model.contents,
    marks: model.marks.peek(),
    lanes,
    at: props.at.peek(),
    hover: pointed?.[0] ?? null,
    hoverText: pointed ? hoverText(model, pointed[0], hovered) : "",
    hovered,
    vertical,
    name: cameraName,
  };
  draw(context, picture, colours);
  return target?.on ?? "";
}

function hoverText(model: Model, place: number, hovered: Item | null): string {
  const view = model.view.peek();
  const text = momentText(timeAt(view, model.length(), place), span(view) < TENTHS_BELOW);
  return hovered?.text ? `${text} · ${hovered.text}` : text;
}
