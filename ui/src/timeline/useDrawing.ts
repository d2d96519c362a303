import { useSignalEffect } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { language } from "../i18n/i18n";
import { cameraName, config } from "../lib/config";
import { prefs } from "../lib/prefs";
import { zone } from "../lib/time";
import { drawBack, drawFront, type Picture } from "./draw";
import type { Item } from "./items";
import { momentText } from "./labels";
import { targetAt } from "./layout";
import type { Model } from "./model";
import { type Palette, palette } from "./palette";
import { span, timeAt } from "./scale";

const TICK_MS = 5000; // the present goes on
const SHARPEST = 3; // more pixels per px are not seen
const TENTHS_BELOW = 60; // seconds of a view in which frames can be told apart

export interface Canvases {
  back: RefObject<HTMLCanvasElement | null>;
  front: RefObject<HTMLCanvasElement | null>;
}

/** Draw the timeline whenever something of it changes, once a frame at most.
 *
 * What is behind the playhead is drawn on a canvas of its own: a recording that plays moves the playhead all the time.
 */
export function useDrawing(model: Model, { back, front }: Canvases, slider: RefObject<HTMLElement | null>): void {
  const frame = useRef(0);
  const stale = useRef(true);
  const colours = useRef<Palette | null>(null);
  const schedule = (all: boolean) => {
    stale.current ||= all;
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => {
      const size = model.size.peek();
      const [behind, over] = [prepared(back.current, size), prepared(front.current, size)];
      if (!behind || !over || !slider.current) return;
      colours.current ??= palette(behind);
      const { picture, target } = pictured(model, stale.current);
      if (stale.current) drawBack(behind, picture, colours.current);
      stale.current = false;
      drawFront(over, picture, colours.current);
      slider.current.dataset.over = target;
    });
  };
  useSignalEffect(() => {
    const { view, marks, size, version } = model;
    // All that is behind; it is read again when the frame comes.
    void [view.value, marks.value, size.value, version.value];
    void [zone.value, prefs.value.clock, language.value, config.value];
    schedule(true);
  });
  useSignalEffect(() => {
    void [model.props.at.value, model.range.value, model.hover.value];
    schedule(false);
  });
  const { cameras, lanes } = { cameras: model.props.cameras.join(), lanes: model.lanes.join() };
  useEffect(() => schedule(true), [cameras, lanes, model.vertical]);
  useEffect(() => {
    const timer = setInterval(() => document.hidden || schedule(true), TICK_MS);
    const themed = new MutationObserver(() => {
      colours.current = null;
      schedule(true);
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
function prepared(
  canvas: HTMLCanvasElement | null,
  [width, height]: [number, number],
): CanvasRenderingContext2D | null {
  if (!canvas || !width || !height) return null;
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

/** Return what is to be drawn, and what lies under the pointer; `all` reads what there is anew. */
function pictured(model: Model, all: boolean): { picture: Picture; target: string } {
  const { content, props, lanes, view, vertical } = model;
  const now = model.now();
  if (all) {
    content.moveOn();
    model.contents = props.cameras.map((camera) => content.of(camera, props.cameras, view.peek(), lanes, now));
  }
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
  return { picture, target: target?.on ?? "" };
}

function hoverText(model: Model, place: number, hovered: Item | null): string {
  const view = model.view.peek();
  const text = momentText(timeAt(view, model.length(), place), span(view) < TENTHS_BELOW);
  return hovered?.text ? `${text} · ${hovered.text}` : text;
}
