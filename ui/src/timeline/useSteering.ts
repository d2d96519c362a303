import { useSignalEffect } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { gestures } from "./gestures";
import { arrowStep, momentAt, type Target } from "./layout";
import type { Model } from "./model";
import { followed, span, type View, zoomed } from "./scale";

const HELD_MS = 350; // keys that come faster than this are one scrub

/** Let pointers and the wheel act on the timeline, and let the view follow the playhead. */
export function useSteering(model: Model, slider: RefObject<HTMLElement | null>): void {
  useEffect(() => (slider.current ? gestures(slider.current, () => target(model)) : undefined), []);
  const before = useRef(model.props.at.peek());
  const dragged = model.dragged;
  useSignalEffect(() => {
    const at = model.props.at.value;
    const next = dragged.peek() ? null : followed(model.view.peek(), before.current, at, model.now());
    before.current = at;
    if (next) model.view.value = next;
  });
}

function target(model: Model): ReturnType<Parameters<typeof gestures>[1]> {
  const at = (place: number) => momentAt(model.view.peek(), model.length(), place, model.now());
  return {
    shown: () => model.shown(),
    vertical: model.vertical,
    scrub: (place, phase) => {
      model.dragged.value = phase !== "end";
      model.scrub(at(place), phase);
    },
    click: (place, on) => click(model, at(place), on),
    setView: (view) => {
      model.view.value = view;
    },
    setRange: (range) => {
      model.range.value = range;
    },
    hasRange: Boolean(model.props.range),
    hover: (place, across) => {
      model.hover.value = place === null ? null : [place, across];
    },
  };
}

function click(model: Model, at: number, target: Target): void {
  const item = target.on === "item" ? target.item : null;
  model.jump(item ? item.start : at);
  if (item) model.props.onPick?.(item);
}

/** Return what the keys of the timeline do. */
export function useSteeringKeys(model: Model): (event: KeyboardEvent) => void {
  const held = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(held.current), []);
  const go = (at: number) => {
    model.scrub(at, held.current === undefined ? "start" : "move");
    clearTimeout(held.current);
    held.current = setTimeout(() => {
      held.current = undefined;
      model.scrub(model.props.at.peek(), "end");
    }, HELD_MS);
  };
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const view = model.view.peek();
    const at = model.props.at.peek();
    const factor = { "+": 0.5, "=": 0.5, "-": 2 }[event.key];
    const step = arrowStep(view, model.length()) * (event.shiftKey ? 10 : 1);
    const to = factor ? null : led(event.key, at, step, view);
    if (factor) model.view.value = zoomed(view, factor, inside(at, view), model.now());
    else if (to !== null) go(Math.min(model.now(), to));
    else return;
    event.preventDefault();
  };
}

/** Where a key leads. */
function led(key: string, at: number, step: number, view: View): number | null {
  const by = { ArrowRight: step, ArrowDown: step, ArrowLeft: -step, ArrowUp: -step }[key];
  if (by) return at + by;
  const page = { PageDown: 1, PageUp: -1 }[key];
  if (page) return at + page * span(view) * 0.8;
  return { Home: view[0], End: view[1] }[key] ?? null;
}

const inside = (at: number, [from, to]: View) => (at >= from && at <= to ? at : (from + to) / 2);
