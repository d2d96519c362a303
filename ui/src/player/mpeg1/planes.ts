/** Planes of pictures, and how blocks come into them. */

export interface Plane {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

export const plane = (width: number, height: number): Plane => ({
  width,
  height,
  data: new Uint8ClampedArray(width * height),
});

/** Write a block of 8 x 8 at a place. */
export function put({ data, width }: Plane, x: number, y: number, block: Float32Array): void {
  for (let row = 0, at = y * width + x; row < 64; row += 8, at += width)
    for (let i = 0; i < 8; i += 1) data[at + i] = block[row + i] as number;
}

/** Add a block of 8 x 8 to what is at a place. */
export function copy({ data, width }: Plane, x: number, y: number, block: Float32Array): void {
  for (let row = 0, at = y * width + x; row < 64; row += 8, at += width)
    for (let i = 0; i < 8; i += 1) data[at + i] = (data[at + i] as number) + Math.round(block[row + i] as number);
}

/** Take a block from another picture, moved by halves of pixels; it stays within that picture. */
export function blend(from: Plane, to: Plane, x: number, y: number, size: number, moveX: number, moveY: number): void {
  const { width, height, data } = from;
  const halfX = moveX & 1;
  const halfY = moveY & 1;
  const left = Math.max(0, Math.min(x + (moveX >> 1), width - size - halfX));
  const top = Math.max(0, Math.min(y + (moveY >> 1), height - size - halfY));
  for (let row = 0; row < size; row += 1) {
    let source = (top + row) * width + left;
    let target = (y + row) * width + x;
    if (!halfX && !halfY) {
      to.data.set(data.subarray(source, source + size), target);
      continue;
    }
    const down = halfY * width;
    for (let i = 0; i < size; i += 1, source += 1, target += 1) {
      const a = data[source] as number;
      to.data[target] =
        halfX && halfY
          ? (a +
              (data[source + 1] as number) +
              (data[source + down] as number) +
              (data[source + down + 1] as number) +
              2) >>
            2
          : (a + (data[source + (halfX || down)] as number) + 1) >> 1;
    }
  }
}

/** Make of a picture in BT.601 what a canvas takes. */
export function rgba(
  { width, height, luma, blue, red }: { width: number; height: number; luma: Plane; blue: Plane; red: Plane },
  image: ImageData,
): void {
  const out = image.data;
  for (let y = 0, at = 0; y < height; y += 1) {
    const row = y * luma.width;
    const half = (y >> 1) * blue.width;
    for (let x = 0; x < width; x += 1, at += 4) {
      const light = ((luma.data[row + x] as number) - 16) * 1.164;
      const u = (blue.data[half + (x >> 1)] as number) - 128;
      const v = (red.data[half + (x >> 1)] as number) - 128;
      out[at] = light + 1.596 * v;
      out[at + 1] = light - 0.392 * u - 0.813 * v;
      out[at + 2] = light + 2.017 * u;
      out[at + 3] = 255;
    }
  }
}
