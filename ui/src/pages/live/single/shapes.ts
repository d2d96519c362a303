/** Zones and masks of the configuration as what SVG draws. */

export interface Shape {
  name: string;
  /** "x,y x,y …" in pixels of the detect stream. */
  points: string;
}

interface Size {
  width: number;
  height: number;
}

/** Return the points of a shape; fractions of the picture and pixels are both understood. Null if it makes no sense. */
export function points(coordinates: unknown, { width, height }: Size): string | null {
  const text = Array.isArray(coordinates) ? coordinates.join(",") : coordinates;
  if (typeof text !== "string") return null;
  const numbers = text.split(",").map(Number);
  if (numbers.length < 6 || numbers.length % 2 || numbers.some((one) => !Number.isFinite(one))) return null;
  const parts = numbers.every((one) => one <= 1);
  const pairs: string[] = [];
  for (let i = 0; i < numbers.length; i += 2) {
    const [x, y] = [numbers[i] as number, numbers[i + 1] as number];
    pairs.push(parts ? `${round(x * width)},${round(y * height)}` : `${x},${y}`);
  }
  return pairs.join(" ");
}

/** Return masks: the configuration has a list of them, or names. */
export function masks(given: unknown, size: Size): Shape[] {
  if (!given) return [];
  const all: [string, unknown][] =
    typeof given === "string"
      ? [["", given]]
      : Array.isArray(given)
        ? given.map((one) => ["", one])
        : Object.entries(given as Record<string, { coordinates?: unknown; enabled?: boolean }>)
            .filter(([, mask]) => mask?.enabled !== false)
            .map(([name, mask]) => [name, mask?.coordinates]);
  return all.flatMap(([name, coordinates]) => {
    const found = points(coordinates, size);
    return found ? [{ name, points: found }] : [];
  });
}

const round = (value: number) => Math.round(value * 10) / 10;
