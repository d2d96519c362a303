/** Where things lie on the timeline: across the axis in lanes by camera, along it by time. All sizes are CSS px. */
import type { Item, Lane } from "./items";
import { placeOf, span, timeAt, type View } from "./scale";

const AXIS = 34;
const UPRIGHT_AXIS = 64; // clock times stand across it
const NARROW_FROM = 5; // so many cameras get lower rows
const HANDLE = 14; // how near a pointer has to be to a handle of the range

export interface Row {
  camera: string;
  top: number;
  height: number;
}

export interface Layout {
  rows: Row[];
  /** The size of the axis, and of all, across time. */
  axis: number;
  across: number;
  /** Whether rows are low. */
  low: boolean;
}

/** Lay rows out; upright, they share `given` px. */
export function layout(cameras: readonly string[], given?: number): Layout {
  const axis = given === undefined ? AXIS : UPRIGHT_AXIS;
  const low = cameras.length >= NARROW_FROM;
  const height = given === undefined ? (low ? 28 : 44) : Math.max(16, (given - axis) / Math.max(1, cameras.length));
  const rows = cameras.map((camera, index) => ({ camera, top: axis + index * height, height }));
  return { rows, axis, across: axis + Math.max(1, cameras.length) * height, low: height < 40 };
}

export interface Band {
  top: number;
  height: number;
}

/** Where a lane lies within a row. */
export function band(row: Row, lane: Lane | "mark"): Band {
  const unit = row.height / 44;
  const at = (top: number, height: number): Band => ({ top: row.top + top * unit, height: Math.max(2, height * unit) });
  switch (lane) {
    case "exports":
      return at(1, 3);
    case "alerts":
      return at(6, 7);
    case "detections":
      return at(14, 7);
    case "sensors":
      return at(22, 6);
    case "mark":
      return at(5, 34);
    case "motion":
      return at(22, 17);
    case "recordings":
      return at(40, 3);
  }
}

const LANE_OF = {
  alert: "alerts",
  detection: "detections",
  sensor: "sensors",
  export: "exports",
  mark: "mark",
} as const;

/** The lane of an item. */
export const laneOf = (item: Item): Lane | "mark" => LANE_OF[item.kind];

/** From where to where an item reaches along the axis; it is never too small to be seen. */
export function extent(item: Item, view: View, length: number, now: number, least = 3): [number, number] {
  const from = placeOf(view, length, item.start);
  const to = placeOf(view, length, item.end ?? now);
  return to - from < least ? [from, from + least] : [from, to];
}

export type Target =
  | { on: "handle"; side: 0 | 1 }
  | { on: "axis" }
  | { on: "item"; item: Item }
  | { on: "row"; camera: string }
  | { on: "nothing" };

export interface Shown {
  view: View;
  length: number;
  layout: Layout;
  items: readonly Item[];
  range: readonly [number, number] | null;
  now: number;
}

/** What lies under a pointer at `along` and `across`. */
export function targetAt(
  { view, length, layout: { rows, axis }, items, range, now }: Shown,
  along: number,
  across: number,
): Target {
  if (range) {
    const places = range.map((at) => Math.abs(placeOf(view, length, at) - along));
    const side = (places[0] as number) < (places[1] as number) || along < placeOf(view, length, range[0]) ? 0 : 1;
    if ((places[side] as number) <= HANDLE && across < axis * 1.5) return { on: "handle", side };
  }
  if (across < axis) return { on: "axis" };
  const row = rows.find(({ top, height }) => across >= top && across < top + height);
  if (!row) return { on: "nothing" };
  const item = nearest(row, items, view, length, now, along, across);
  return item ? { on: "item", item } : { on: "row", camera: row.camera };
}

const SLACK = 6;

function nearest(
  row: Row,
  items: readonly Item[],
  view: View,
  length: number,
  now: number,
  along: number,
  across: number,
): Item | null {
  let found: Item | null = null;
  let least = SLACK + 1;
  for (const item of items) {
    if (item.camera !== row.camera) continue;
    const { top, height } = band(row, laneOf(item));
    if (across < top - 1 || across > top + height + 1) continue;
    const [from, to] = extent(item, view, length, now);
    const off = along < from ? from - along : along > to ? along - to : 0;
    // Of those that lie over each other, the shorter one is the harder to hit.
    if (off < least || (off === least && found && size(item, now) < size(found, now))) [found, least] = [item, off];
  }
  return found;
}

const size = (item: Item, now: number) => (item.end ?? now) - item.start;

/** The moment that arrows go on by: about eight px, at least a tenth of a second. */
export function arrowStep(view: View, length: number): number {
  const wanted = (span(view) / length) * 8;
  const round = [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200];
  return round.find((one) => one >= wanted) ?? 21_600;
}

/** The moment at a place, never in the future. */
export const momentAt = (view: View, length: number, place: number, now: number) =>
  Math.min(now, timeAt(view, length, place));
