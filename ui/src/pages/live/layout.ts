/** Where the pictures of cameras are drawn: as large as the space allows, each in its shape, in their order. */

export interface Space {
  width: number;
  /** What is seen without scrolling. */
  height: number;
  gap: number;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Layout {
  boxes: Box[];
  height: number;
}

const NARROW = 620; // below this there is one column
const LEAST_WIDTH = 250; // smaller tiles are no use: the grid scrolls instead
const LEAST_HEIGHT = 140;
const LEAST_AREA = 26_000; // of a tile, in square pixels

/** Return a box for each camera's ratio of width to height. */
export function arrange(ratios: readonly number[], space: Space): Layout {
  if (!ratios.length || space.width <= 0) return { boxes: [], height: 0 };
  if (space.width < NARROW) return column(ratios, space);
  let best: { layout: Layout; area: number } | null = null;
  for (let rows = 1; rows <= ratios.length; rows += 1) {
    const parts = split(ratios, rows);
    for (const layout of [even(parts, space), full(parts, space)]) {
      if (layout.height > space.height + 0.5) continue;
      const area = layout.boxes.reduce((sum, box) => sum + box.width * box.height, 0);
      if (!best || area > best.area * 1.001) best = { layout, area };
    }
  }
  if (best?.layout.boxes.every(({ width, height }) => width * height >= LEAST_AREA)) return best.layout;
  return scrolling(ratios, space);
}

function column(ratios: readonly number[], { width, gap }: Space): Layout {
  let y = 0;
  const boxes = ratios.map((ratio) => {
    const box = { x: 0, y, width, height: Math.min(width / ratio, width * 1.25) };
    y += box.height + gap;
    return box;
  });
  return { boxes, height: y - gap };
}

/** Rows of the least height that makes tiles of use. */
function scrolling(ratios: readonly number[], space: Space): Layout {
  const mean = ratios.reduce((sum, one) => sum + one, 0) / ratios.length;
  const columns = Math.max(1, Math.floor((space.width + space.gap) / (LEAST_WIDTH + space.gap)));
  const height = Math.max(LEAST_HEIGHT, (space.width / columns - space.gap) / mean);
  const rows: number[][] = [[]];
  let used = 0;
  for (const ratio of ratios) {
    const width = ratio * height + space.gap;
    if (used + width > space.width + space.gap + 1 && rows.at(-1)?.length) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)?.push(ratio);
    used += width;
  }
  return full(rows, { ...space, height: Number.POSITIVE_INFINITY }, height * 1.35);
}

/** All rows of one height, each in the middle. */
function even(rows: readonly number[][], { width, height, gap }: Space): Layout {
  const widest = Math.min(...rows.map((row) => (width - gap * (row.length - 1)) / sum(row)));
  const each = Math.min(widest, (height - gap * (rows.length - 1)) / rows.length);
  return place(
    rows,
    rows.map(() => Math.max(1, each)),
    { width, gap },
  );
}

/** All rows of one width, as far as the height allows. */
function full(rows: readonly number[][], { width, height, gap }: Space, most = Number.POSITIVE_INFINITY): Layout {
  const heights = rows.map((row) => Math.min(most, (width - gap * (row.length - 1)) / sum(row)));
  const scale = Math.min(1, (height - gap * (rows.length - 1)) / sum(heights));
  return place(
    rows,
    heights.map((one) => Math.max(1, one * scale)),
    { width, gap },
  );
}

function place(rows: readonly number[][], heights: readonly number[], { width, gap }: Omit<Space, "height">): Layout {
  const boxes: Box[] = [];
  let y = 0;
  rows.forEach((row, index) => {
    const height = heights[index] as number;
    let x = Math.max(0, (width - sum(row) * height - gap * (row.length - 1)) / 2);
    for (const ratio of row) {
      boxes.push({ x, y, width: ratio * height, height });
      x += ratio * height + gap;
    }
    y += height + gap;
  });
  return { boxes, height: y - gap };
}

/** Split into so many rows, in their order, of which the longest is as short as can be. */
function split(ratios: readonly number[], rows: number): number[][] {
  let low = Math.max(...ratios);
  let high = sum(ratios);
  for (let turn = 0; turn < 40; turn += 1) {
    const middle = (low + high) / 2;
    if (rowsOf(ratios, middle) <= rows) high = middle;
    else low = middle;
  }
  const found: number[][] = [[]];
  let used = 0;
  ratios.forEach((ratio, index) => {
    const open = rows - found.length;
    const left = ratios.length - index;
    if (found.at(-1)?.length && open > 0 && (used + ratio > high + 1e-9 || left <= open)) {
      found.push([]);
      used = 0;
    }
    found.at(-1)?.push(ratio);
    used += ratio;
  });
  return found;
}

function rowsOf(ratios: readonly number[], longest: number): number {
  let rows = 1;
  let used = 0;
  for (const ratio of ratios) {
    if (used + ratio > longest + 1e-9) {
      rows += 1;
      used = 0;
    }
    used += ratio;
  }
  return rows;
}

const sum = (all: readonly number[]) => all.reduce((total, one) => total + one, 0);

/** A box as an element's style. */
export const styled = ({ x, y, width, height }: Box) => ({
  left: `${x}px`,
  top: `${y}px`,
  width: `${width}px`,
  height: `${height}px`,
});
