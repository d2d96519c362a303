/** A region that is drawn by hand, as the corners of a polygon in parts of the picture. */
export type Point = readonly [x: number, y: number];

export const WHOLE: readonly Point[] = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];
const MOST = 60; // corners; the recorder takes 100
const LEAST_AREA = 0.0005;

/** The polygon of a drawn line: with few corners, closed, within the picture; null if it encloses nothing. */
export function polygonOf(line: readonly Point[]): Point[] | null {
  const inside = line.map(([x, y]): Point => [clamped(x), clamped(y)]);
  let slack = 0.004;
  let found = simplified(inside, slack);
  while (found.length > MOST) {
    slack *= 1.5;
    found = simplified(inside, slack);
  }
  const first = found[0];
  const last = found.at(-1);
  if (first && last && found.length > 3 && Math.hypot(first[0] - last[0], first[1] - last[1]) < slack) found.pop();
  if (found.length < 3 || area(found) < LEAST_AREA) return null;
  return found.map(([x, y]): Point => [rounded(x), rounded(y)]);
}

/** The area of a polygon, in parts of the picture. */
export function area(points: readonly Point[]): number {
  let sum = 0;
  points.forEach(([x, y], index) => {
    const [u, v] = points[(index + 1) % points.length] as Point;
    sum += x * v - u * y;
  });
  return Math.abs(sum) / 2;
}

/** Leave out points that lie nearer than `slack` to the line of their neighbours (Ramer, Douglas and Peucker). */
function simplified(line: readonly Point[], slack: number): Point[] {
  if (line.length < 3) return [...line];
  const [first, last] = [line[0] as Point, line.at(-1) as Point];
  let [index, most] = [0, 0];
  line.forEach((point, at) => {
    const off = distance(point, first, last);
    if (off > most) [index, most] = [at, off];
  });
  if (most <= slack) return [first, last];
  return [...simplified(line.slice(0, index + 1), slack).slice(0, -1), ...simplified(line.slice(index), slack)];
}

function distance([x, y]: Point, [a, b]: Point, [c, d]: Point): number {
  const length = Math.hypot(c - a, d - b);
  if (!length) return Math.hypot(x - a, y - b);
  return Math.abs((c - a) * (b - y) - (a - x) * (d - b)) / length;
}

const clamped = (value: number) => Math.min(1, Math.max(0, value));
const rounded = (value: number) => Math.round(value * 10_000) / 10_000;
