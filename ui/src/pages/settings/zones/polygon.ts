/** Geometry of polygons in a picture. Points are fractions of its width and height, from 0 to 1. Nothing of the page. */

export type Point = readonly [x: number, y: number];

const DIGITS = 4; // a pixel of a picture 10,000 pixels wide

/** Read `x,y,x,y,...`, or a list of `x,y`; what is no number is left out. */
export function parse(coordinates: string | readonly string[]): Point[] {
  const numbers = (typeof coordinates === "string" ? coordinates : coordinates.join(",")).split(",").map(Number);
  const points: Point[] = [];
  for (let n = 0; n + 1 < numbers.length; n += 2) {
    const [x, y] = [numbers[n] as number, numbers[n + 1] as number];
    if (Number.isFinite(x) && Number.isFinite(y)) points.push([x, y]);
  }
  return points;
}

/** Write `x,y,x,y,...`. */
export const format = (points: readonly Point[]) => points.flat().map(rounded).join(",");

const rounded = (value: number) => Number(value.toFixed(DIGITS));

export const clamp = ([x, y]: Point): Point => [Math.min(1, Math.max(0, x)), Math.min(1, Math.max(0, y))];

/** Move one point; it stays in the picture. */
export const moved = (points: readonly Point[], index: number, to: Point): Point[] =>
  points.map((point, n) => (n === index ? clamp(to) : point));

/** Move all points by the same; the polygon keeps its form, and stays in the picture. */
export function shifted(points: readonly Point[], [dx, dy]: Point): Point[] {
  const inside = (values: number[], by: number) =>
    Math.min(1 - Math.max(...values), Math.max(-Math.min(...values), by));
  const x = inside(
    points.map((one) => one[0]),
    dx,
  );
  const y = inside(
    points.map((one) => one[1]),
    dy,
  );
  return points.map((one) => [one[0] + x, one[1] + y] as const);
}

/** Insert a point after the one with the number `after`. */
export const inserted = (points: readonly Point[], after: number, point: Point): Point[] => [
  ...points.slice(0, after + 1),
  clamp(point),
  ...points.slice(after + 1),
];

/** Take a point out; three always stay. */
export const without = (points: readonly Point[], index: number): Point[] =>
  points.length <= 3 ? [...points] : points.filter((_, n) => n !== index);

/** The middle of the side that begins at the point with this number. */
export function middle(points: readonly Point[], index: number): Point {
  const [a, b] = [points[index] as Point, points[(index + 1) % points.length] as Point];
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
}

/** Whether a point lies in the polygon. */
export function contains(points: readonly Point[], [x, y]: Point): boolean {
  let inside = false;
  points.forEach(([ax, ay], n) => {
    const [bx, by] = points[(n + 1) % points.length] as Point;
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
  });
  return inside;
}

/** The share of the picture that the polygon covers, if its sides do not cross. */
export function area(points: readonly Point[]): number {
  const twice = points.reduce((sum, [ax, ay], n) => {
    const [bx, by] = points[(n + 1) % points.length] as Point;
    return sum + ax * by - bx * ay;
  }, 0);
  return Math.abs(twice) / 2;
}

/** Whether two sides cross, so that it is not clear what is inside. */
export function crosses(points: readonly Point[]): boolean {
  const count = points.length;
  for (let a = 0; a < count; a += 1) {
    for (let b = a + 2; b < count; b += 1) {
      if (a === 0 && b === count - 1) continue; // neighbours
      if (meet(points[a]!, points[(a + 1) % count]!, points[b]!, points[(b + 1) % count]!)) return true;
    }
  }
  return false;
}

function meet(a: Point, b: Point, c: Point, d: Point): boolean {
  const side = (p: Point, q: Point, r: Point) =>
    Math.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]));
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

/** A rectangle in the middle of the picture, to begin with. */
export const rectangle = (): Point[] => [
  [0.3, 0.3],
  [0.7, 0.3],
  [0.7, 0.7],
  [0.3, 0.7],
];
