import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "preact/hooks";
import type uPlot from "uplot";
import { prefs } from "../lib/prefs";
import { clockTime } from "../lib/time";

export interface Line {
  name: string;
  values: (number | null)[];
}

interface Props {
  title: string;
  /** Epoch seconds, as many as each line has values. */
  times: number[];
  lines: Line[];
  /** A figure in words, with its unit. */
  format: (value: number) => string;
  /** The highest value of the axis, if it is not to follow the lines. */
  top?: number | undefined;
}

const HEIGHT = 170;
/** Colours that stay apart in both themes, and for those who do not tell red from green. */
const COLOURS = ["#1f8f9a", "#c77d0a", "#7a5cc9", "#3f7fd0", "#b8506b", "#5d8a2f", "#8a6d5a", "#6b7c8c"];

/** Lines over time; the legend shows the values under the pointer. */
export function Chart({ title, times, lines, format, top }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const names = lines.map(({ name }) => name).join("\n");
  const { theme } = prefs.value;
  const data = useRef<uPlot.AlignedData>([[]]);
  data.current = [times, ...lines.map(({ values }) => values)];

  useEffect(() => {
    const parent = place.current;
    if (!parent) return undefined;
    let gone = false;
    const follows = new ResizeObserver(() => chart.current?.setSize({ width: parent.clientWidth, height: HEIGHT }));
    void import("uplot").then(({ default: Plot }) => {
      if (gone) return;
      chart.current = new Plot(options(parent, lines, format, top), data.current, parent);
      follows.observe(parent);
    });
    return () => {
      gone = true;
      follows.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
  }, [names, theme, top]);
  useEffect(() => chart.current?.setData(data.current), [times.at(-1), times.length]);

  const last = lines.map(
    ({ name, values }) => `${name} ${values.at(-1) == null ? "–" : format(values.at(-1) as number)}`,
  );
  return (
    <figure class="card chart">
      <figcaption>{title}</figcaption>
      <div ref={place} role="img" aria-label={`${title}: ${last.join(", ")}`} style={{ minHeight: `${HEIGHT}px` }} />
    </figure>
  );
}

function options(parent: Element, lines: Line[], format: Props["format"], top?: number): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: colour("--text-soft"),
    grid: { stroke: colour("--border"), width: 1 },
    ticks: { show: false },
    font: "11px system-ui, sans-serif",
  };
  return {
    width: parent.clientWidth,
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    cursor: { points: { size: 6 }, drag: { x: false, y: false } },
    scales: { x: { time: true }, y: { range: (_, _low, high) => [0, top ?? Math.max(high * 1.1, 0.001)] } },
    axes: [
      { ...axis, values: (_, ticks) => ticks.map((at) => clockTime(at)) },
      { ...axis, size: 64, values: (_, ticks) => ticks.map(format) },
    ],
    legend: { live: true },
    series: [
      { value: (_, at) => (at === null ? "–" : clockTime(at)) },
      ...lines.map(({ name }, n) => ({
        label: name,
        stroke: COLOURS[n % COLOURS.length],
        width: 1.5,
        points: { show: false },
        value: (_: uPlot, value: number | null) => (value === null ? "–" : format(value)),
      })),
    ] as uPlot.Series[],
  };
}
