/** The one timeline: all that has a time is shown on it, from a month down to single frames (docs/web.md). */
import { useComputed } from "@preact/signals";
import type { Ref } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { t } from "../i18n/i18n";
import { momentText } from "./labels";
import { layout } from "./layout";
import { Model, type TimelineProps } from "./model";
import { useDrawing } from "./useDrawing";
import { useSteering, useSteeringKeys } from "./useSteering";
import "./timeline.css";

export type { Item, Lane } from "./items";
export type { Phase, TimelineProps } from "./model";
export type { View } from "./scale";

export function Timeline(props: TimelineProps) {
  const box = useRef<HTMLDivElement>(null);
  const back = useRef<HTMLCanvasElement>(null);
  const front = useRef<HTMLCanvasElement>(null);
  const slider = useRef<HTMLDivElement>(null);
  const model = useMemo(() => new Model(props), []);
  model.props = props;
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      model.size.value = [Math.round(width), Math.round(height)];
    });
    observer.observe(box.current!);
    return () => {
      observer.disconnect();
      model.content.close();
    };
  }, []);
  useDrawing(model, { back, front }, slider);
  useSteering(model, slider);
  const onKeyDown = useSteeringKeys(model);
  const { cameras, vertical = false, label = t("timeline.label") } = props;
  const height = vertical ? undefined : `${layout(cameras).across}px`;
  return (
    <div class={vertical ? "timeline vertical" : "timeline"} ref={box} style={{ height }}>
      <canvas ref={back} aria-hidden="true" />
      <canvas ref={front} aria-hidden="true" />
      <Slider ref={slider} label={label} model={model} onKeyDown={onKeyDown} />
    </div>
  );
}

interface SliderProps {
  ref: Ref<HTMLDivElement>;
  label: string;
  model: Model;
  onKeyDown: (event: KeyboardEvent) => void;
}

/** What pointers and keys act on, and what is read to those who do not see the canvas. */
function Slider({ ref, label, model, onKeyDown }: SliderProps) {
  const [from, to] = model.view.value;
  // By the second: changes would be told without an end while a recording plays.
  const second = useComputed(() => Math.floor(model.props.at.value)).value;
  return (
    <div
      ref={ref}
      class="timeline-slider"
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-orientation={model.vertical ? "vertical" : "horizontal"}
      aria-valuemin={Math.floor(Math.min(from, second))}
      aria-valuemax={Math.ceil(Math.max(to, second))}
      aria-valuenow={second}
      aria-valuetext={momentText(second)}
      onKeyDown={onKeyDown}
    />
  );
}
