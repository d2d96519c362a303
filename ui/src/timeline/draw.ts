/** Draws the timeline on a canvas. Along the axis lies time, across it are the lanes; upright, the two are exchanged. */
import { zone } from "../lib/time";
import { fromWallIn } from "../lib/zone";
import type { CameraContent, Gap, Item, Lane } from "./items";
import { tickLabel } from "./labels";
import { band, extent, type Layout, laneOf, type Row } from "./layout";
import type { Palette } from "./palette";
import { placeOf, type View } from "./scale";
import { ticks } from "./ticks";

export interface Picture {
  view: View;
  length: number;
  layout: Layout;
  contents: readonly CameraContent[];
  marks: readonly Item[];
  lanes: readonly Lane[];
  at: number;
  range: readonly [number, number] | null;
  /** The place of the pointer along the axis. */
  hover: number | null;
  hoverText: string;
  hovered: Item | null;
  now: number;
  vertical: boolean;
  name: (camera: string) => string;
}

/** A canvas whose first coordinate lies along the axis. */
class Pen {
  constructor(
    readonly context: CanvasRenderingContext2D,
    readonly vertical: boolean,
  ) {}

  /** Fill a rectangle. Those that lie on whole px need no smooth edges, which makes thousands of them cheap. */
  rect(from: number, to: number, top: number, height: number): void {
    if (this.vertical) this.context.fillRect(top, from, height, to - from);
    else this.context.fillRect(from, top, to - from, height);
  }

  line(at: number, top: number, bottom: number, width = 1): void {
    this.rect(at - width / 2, at + width / 2, top, bottom - top);
  }

  text(words: string, along: number, across: number): void {
    if (this.vertical) this.context.fillText(words, across, along);
    else this.context.fillText(words, along, across);
  }
}

/** Draw what stays while the playhead and the pointer move; the canvas is already scaled to CSS px. */
export function drawBack(context: CanvasRenderingContext2D, picture: Picture, colours: Palette): void {
  const { length, layout, contents, vertical } = picture;
  const pen = new Pen(context, vertical);
  context.fillStyle = colours["surface-1"];
  pen.rect(0, length, 0, layout.across);
  context.textBaseline = "middle";
  layout.rows.forEach((row, index) => {
    const content = contents[index];
    if (content) drawRow(pen, picture, colours, row, content);
  });
  drawAxis(pen, picture, colours);
  for (const row of layout.rows) drawName(pen, picture, colours, row);
}

/** Draw what lies over it. */
export function drawFront(context: CanvasRenderingContext2D, picture: Picture, colours: Palette): void {
  const { length, layout, hovered, vertical } = picture;
  const pen = new Pen(context, vertical);
  context.clearRect(0, 0, ...((vertical ? [layout.across, length] : [length, layout.across]) as [number, number]));
  context.textBaseline = "middle";
  const row = hovered && layout.rows.find(({ camera }) => camera === hovered.camera);
  if (row) drawItem(pen, picture, colours, row, hovered);
  drawRange(pen, picture, colours);
  drawHover(pen, picture, colours);
  drawPlayhead(pen, picture, colours);
}

function drawRow(pen: Pen, picture: Picture, colours: Palette, row: Row, content: CameraContent): void {
  const { view, length, now, lanes, marks } = picture;
  const { context } = pen;
  const place = (at: number) => Math.max(-1, Math.min(length + 1, placeOf(view, length, at)));
  const present = place(now);
  const inner = { top: row.top + 1, height: row.height - 1 };
  context.fillStyle = colours.border;
  pen.rect(0, length, row.top, 1);
  // What is to come.
  context.fillStyle = colours["surface-2"];
  if (present < length) pen.rect(present, length, inner.top, inner.height);
  if (lanes.includes("recordings")) {
    const line = band(row, "recordings");
    context.fillStyle = colours.accent;
    pen.rect(place(view[0]), present, line.top, line.height);
    context.fillStyle = colours["surface-0"];
    for (const [from, to] of merged(content.unknown, place)) pen.rect(from, to, inner.top, inner.height);
    const gaps = merged(content.gaps, place);
    for (const [from, to] of gaps) pen.rect(from, to, inner.top, inner.height);
    context.fillStyle = colours.hatch ?? colours.gap;
    for (const [from, to] of gaps) pen.rect(from, to, inner.top, inner.height);
  }
  if (lanes.includes("motion")) drawMotion(pen, picture, colours, row, content);
  drawDays(pen, picture, colours, row, content);
  for (const item of content.items) drawItem(pen, picture, colours, row, item);
  for (const item of marks) if (item.camera === row.camera) drawItem(pen, picture, colours, row, item);
}

/** Where gaps lie; those that would share a px are one. */
function merged(gaps: readonly Gap[], place: (at: number) => number): [number, number][] {
  const found: [number, number][] = [];
  for (const { start_time, end_time } of gaps) {
    const from = Math.floor(place(start_time));
    const to = Math.max(from + 1, Math.round(place(end_time)));
    const last = found.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else if (to > -1) found.push([from, to]);
  }
  return found;
}

function drawMotion(pen: Pen, { view, length }: Picture, colours: Palette, row: Row, content: CameraContent): void {
  const { top, height } = band(row, "motion");
  const bottom = Math.round(top + height);
  pen.context.fillStyle = colours.motion;
  for (const { scale, values } of content.motion) {
    const wide = placeOf(view, length, view[0] + scale);
    let end = Number.NEGATIVE_INFINITY; // of the column before
    let most = 0;
    for (const { start_time, motion } of values) {
      const from = Math.round(placeOf(view, length, start_time));
      if (from + wide < 0 || from > length) continue;
      // Values that share a column: the largest counts, as it is drawn over the others.
      if (from < end && motion <= most) continue;
      most = motion;
      end = Math.max(from + 1, Math.round(from + wide) - (wide > 4 ? 1 : 0));
      const high = Math.max(2, Math.round((height * motion) / 100));
      pen.rect(from, end, bottom - high, high);
    }
  }
}

/** Where single items would be too many: how many there were on each day, by the strength of colour. */
function drawDays(
  pen: Pen,
  { view, length, lanes, now }: Picture,
  colours: Palette,
  row: Row,
  content: CameraContent,
): void {
  if (!content.days.length) return;
  const { context } = pen;
  const kinds = [
    ["alerts", "alert"],
    ["detections", "detection"],
  ] as const;
  for (const [lane, colour] of kinds) {
    if (!lanes.includes(lane)) continue;
    const { top, height } = band(row, lane);
    const most = Math.max(1, ...content.days.map((day) => day[lane]));
    context.fillStyle = colours[colour];
    for (const day of content.days) {
      if (!day[lane]) continue;
      const [from, to] = dayPlaces(day.day, view, length, now);
      context.globalAlpha = 0.25 + (0.75 * day[lane]) / most;
      if (to > 0 && from < length) pen.rect(from, to - 1, top, height);
    }
  }
  context.globalAlpha = 1;
}

function dayPlaces(text: string, view: View, length: number, now: number): [number, number] {
  const [year = 1970, month = 1, day = 1] = text.split("-").map(Number);
  const midnight = (more: number) => fromWallIn(zone.peek(), { year, month, day: day + more });
  return [placeOf(view, length, midnight(0)), placeOf(view, length, Math.min(now, midnight(1)))];
}

const COLOUR_OF = {
  alert: "alert",
  detection: "detection",
  sensor: "sensor",
  export: "export",
  mark: "accent",
} as const;

function drawItem(pen: Pen, picture: Picture, colours: Palette, row: Row, item: Item): void {
  const { view, length, now, hovered } = picture;
  const [from, to] = extent(item, view, length, now);
  if (to < 0 || from > length) return;
  const { top, height } = band(row, laneOf(item));
  const { context } = pen;
  context.fillStyle = colours[COLOUR_OF[item.kind]];
  const over = hovered === item ? 1.5 : 0;
  const faint = item.kind === "mark" && to - from > 3;
  context.globalAlpha = faint ? 0.3 : 1;
  pen.rect(Math.max(-2, from), Math.min(length + 2, to), top - over, height + 2 * over);
  context.globalAlpha = 1;
  if (faint) pen.rect(from, from + 1.5, top, height);
}

function drawAxis(pen: Pen, { view, length, vertical, layout: { axis } }: Picture, colours: Palette): void {
  const { context } = pen;
  context.fillStyle = colours["surface-1"];
  pen.rect(0, length, 0, axis);
  context.textAlign = vertical ? "center" : "left";
  for (const tick of ticks(view, length, zone.peek(), vertical ? 56 : 96)) {
    const at = placeOf(view, length, tick.at);
    context.fillStyle = colours.border;
    pen.line(at, tick.major ? 0 : axis - 7, tick.major ? 9999 : axis);
    context.font = tick.major ? colours.strong : colours.font;
    context.fillStyle = tick.major ? colours.text : colours["text-soft"];
    pen.text(tickLabel(tick, vertical), at + (vertical ? 0 : 5), vertical ? axis / 2 : axis / 2 + 4);
  }
}

function drawName(pen: Pen, { name, layout, vertical }: Picture, colours: Palette, row: Row): void {
  if (layout.rows.length < 2 || vertical) return;
  const { context } = pen;
  context.textAlign = "left";
  context.font = colours.strong;
  const words = name(row.camera);
  const width = context.measureText(words).width;
  context.fillStyle = colours["surface-1"];
  context.globalAlpha = 0.85;
  pen.rect(0, width + 12, row.top + 2, 17);
  context.globalAlpha = 1;
  context.fillStyle = colours.text;
  pen.text(words, 6, row.top + 11);
}

function drawRange(pen: Pen, { view, length, layout, range }: Picture, colours: Palette): void {
  if (!range) return;
  const { context } = pen;
  const [from, to] = range.map((at) => placeOf(view, length, at)) as [number, number];
  context.fillStyle = colours.accent;
  context.globalAlpha = 0.16;
  pen.rect(from, to, 0, layout.across);
  context.globalAlpha = 1;
  for (const [at, side] of [
    [from, -1],
    [to, 1],
  ] as const) {
    context.fillStyle = colours.accent;
    pen.line(at, 0, layout.across, 2);
    pen.rect(Math.min(at, at + side * 10), Math.max(at, at + side * 10), 0, 22);
    context.fillStyle = colours["on-accent"];
    pen.rect(at + side * 5 - 0.75, at + side * 5 + 0.75, 6, 10);
  }
}

function drawHover(pen: Pen, { hover, hoverText, length, layout, vertical }: Picture, colours: Palette): void {
  if (hover === null) return;
  const { context } = pen;
  context.fillStyle = colours["text-faint"];
  pen.line(hover, layout.axis, layout.across);
  if (hoverText) plate(pen, hoverText, hover, length, colours.text, colours["surface-1"], colours.font, vertical);
}

function drawPlayhead(pen: Pen, { view, length, layout, at }: Picture, colours: Palette): void {
  const place = placeOf(view, length, at);
  if (place < -6 || place > length + 6) return;
  const { context } = pen;
  context.fillStyle = colours["surface-1"];
  pen.line(place, layout.axis - 12, layout.across, 5);
  context.fillStyle = colours.text;
  pen.line(place, layout.axis - 12, layout.across, 2);
  context.beginPath();
  if (pen.vertical) context.arc(layout.axis - 10, place, 6, 0, 7);
  else context.arc(place, layout.axis - 10, 6, 0, 7);
  context.fill();
}

/** Words on a plate of their own, kept within the canvas. */
function plate(
  pen: Pen,
  words: string,
  along: number,
  length: number,
  back: string,
  front: string,
  font: string,
  vertical: boolean,
): void {
  const { context } = pen;
  context.font = font;
  const width = context.measureText(words).width + 12;
  const size = vertical ? 20 : width;
  const from = Math.max(0, Math.min(length - size, along - size / 2));
  context.fillStyle = back;
  pen.rect(from, from + size, 1, vertical ? width : 19);
  context.fillStyle = front;
  context.textAlign = "left";
  pen.text(words, from + (vertical ? 10 : 6), vertical ? 6 : 11);
}
