/** The inverse discrete cosine transform of a block of 8 x 8, in place. */
const [C1, C2, C3, C4, C5, C6, C7] = [1, 2, 3, 4, 5, 6, 7].map((k) => Math.cos((k * Math.PI) / 16) / 2) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

export function idct(block: Float32Array): void {
  for (let row = 0; row < 64; row += 8) line(block, row, 1);
  for (let column = 0; column < 8; column += 1) line(block, column, 8);
}

function line(b: Float32Array, at: number, step: number): void {
  const x0 = b[at] as number;
  const x1 = b[at + step] as number;
  const x2 = b[at + 2 * step] as number;
  const x3 = b[at + 3 * step] as number;
  const x4 = b[at + 4 * step] as number;
  const x5 = b[at + 5 * step] as number;
  const x6 = b[at + 6 * step] as number;
  const x7 = b[at + 7 * step] as number;
  if (!x1 && !x2 && !x3 && !x4 && !x5 && !x6 && !x7) {
    if (!x0) return;
    for (let i = 0; i < 8; i += 1) b[at + i * step] = x0 * C4;
    return;
  }
  const a0 = (x0 + x4) * C4;
  const a1 = (x0 - x4) * C4;
  const a2 = x2 * C6 - x6 * C2;
  const a3 = x2 * C2 + x6 * C6;
  const [e0, e1, e2, e3] = [a0 + a3, a1 + a2, a1 - a2, a0 - a3];
  const o0 = x1 * C1 + x3 * C3 + x5 * C5 + x7 * C7;
  const o1 = x1 * C3 - x3 * C7 - x5 * C1 - x7 * C5;
  const o2 = x1 * C5 - x3 * C1 + x5 * C7 + x7 * C3;
  const o3 = x1 * C7 - x3 * C5 + x5 * C3 - x7 * C1;
  b[at] = e0 + o0;
  b[at + 7 * step] = e0 - o0;
  b[at + step] = e1 + o1;
  b[at + 6 * step] = e1 - o1;
  b[at + 2 * step] = e2 + o2;
  b[at + 5 * step] = e2 - o2;
  b[at + 3 * step] = e3 + o3;
  b[at + 4 * step] = e3 - o3;
}
