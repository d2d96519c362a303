import { expect, test } from "vitest";
import { arrange, type Box } from "./layout";

const WIDE = 16 / 9;
const desktop = { width: 1180, height: 700, gap: 8 };
const area = (boxes: Box[]) => boxes.reduce((sum, { width, height }) => sum + width * height, 0);

function sound(boxes: Box[], ratios: number[], width: number) {
  expect(boxes).toHaveLength(ratios.length);
  boxes.forEach((box, index) => {
    expect(box.width / box.height).toBeCloseTo(ratios[index] as number, 1);
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(width + 0.5);
    for (const other of boxes.slice(0, index)) {
      const apart =
        box.y >= other.y + other.height - 0.5 ||
        box.x >= other.x + other.width - 0.5 ||
        box.x + box.width <= other.x + 0.5;
      expect(apart).toBe(true);
    }
  });
}

test("one camera fills what there is", () => {
  const { boxes } = arrange([WIDE], desktop);
  expect(boxes[0]?.width).toBeCloseTo(1180);
  expect(arrange([WIDE], { ...desktop, height: 300 }).boxes[0]?.height).toBeCloseTo(300);
});

test("two cameras are side by side on wide screens, one below the other on high ones", () => {
  const [a, b] = arrange([WIDE, WIDE], { width: 1500, height: 560, gap: 8 }).boxes as [Box, Box];
  expect(a.y).toBe(b.y);
  const [c, d] = arrange([WIDE, WIDE], { width: 900, height: 1100, gap: 8 }).boxes as [Box, Box];
  expect(d.y).toBeGreaterThan(c.y);
});

test.each([1, 2, 3, 4, 5, 6, 7, 9, 12])("%i cameras fit, in their shapes, apart, and without scrolling", (count) => {
  const ratios = Array.from({ length: count }, (_, i) => [WIDE, 4 / 3, 9 / 16, 2.4][i % 4] as number);
  const { boxes, height } = arrange(ratios, desktop);
  sound(boxes, ratios, desktop.width);
  if (count <= 6) expect(height).toBeLessThanOrEqual(desktop.height + 0.5);
});

test("most of the space is used", () => {
  for (const count of [4, 6, 9]) {
    const { boxes } = arrange(Array(count).fill(WIDE), { width: 1600, height: 900, gap: 0 });
    expect(area(boxes) / (1600 * 900)).toBeGreaterThan(0.66);
  }
});

test("many cameras scroll instead of becoming too small", () => {
  const ratios = Array(64).fill(WIDE);
  const { boxes, height } = arrange(ratios, desktop);
  sound(boxes, ratios, desktop.width);
  expect(height).toBeGreaterThan(desktop.height);
  expect(Math.min(...boxes.map(({ width }) => width))).toBeGreaterThan(200);
});

test("phones have one column, and portrait cameras do not fill several screens there", () => {
  const { boxes } = arrange([WIDE, 9 / 16], { width: 366, height: 600, gap: 8 });
  expect(boxes.every(({ x, width }) => x === 0 && width === 366)).toBe(true);
  expect(boxes[1]?.height).toBeLessThan(500);
});

test("nothing has no place", () => {
  expect(arrange([], desktop)).toEqual({ boxes: [], height: 0 });
  expect(arrange([WIDE], { width: 0, height: 0, gap: 8 }).boxes).toEqual([]);
});
