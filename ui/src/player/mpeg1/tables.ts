/** The variable-length codes of MPEG-1 video (ISO 11172-2, annex B) and its other constants. */

/** A table to look codes up in: `values[next bits]`, with the length of the code in the lower five bits. */
export interface Codes {
  /** The length of the longest code. */
  bits: number;
  values: Int32Array;
}

/** Read codes as text: "code value code value …". */
function codes(text: string): Codes {
  const parts = text.trim().split(/\s+/);
  const pairs: [string, number][] = [];
  for (let i = 0; i < parts.length; i += 2) pairs.push([parts[i] as string, Number(parts[i + 1])]);
  const bits = Math.max(...pairs.map(([code]) => code.length));
  const values = new Int32Array(1 << bits);
  for (const [code, value] of pairs) {
    const free = bits - code.length;
    const first = Number.parseInt(code, 2) << free;
    values.fill((value << 5) | code.length, first, first + (1 << free));
  }
  return { bits, values };
}

/** Codes that count up: each line is a prefix, the number of bits after it, and the values in the order of these bits. */
function counted(lines: [prefix: string, bits: number, values: number[]][]): string {
  return lines
    .flatMap(([prefix, bits, values]) =>
      values.map((value, index) => `${prefix}${index.toString(2).padStart(bits, "0")} ${value}`),
    )
    .join(" ");
}

const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, i) => from - i);

export const STUFFING = 34;
export const ESCAPE = 35;
export const INCREMENT = codes(
  `1 1 011 2 010 3 0011 4 0010 5 00011 6 00010 7 0000111 8 0000110 9 00001011 10 00001010 11 00001001 12 00001000 13
  00000111 14 00000110 15 0000010011 20 0000010010 21 00000001111 ${STUFFING} 00000001000 ${ESCAPE} ${counted([
    ["00000101", 2, down(19, 16)],
    ["00000100", 3, down(25, 22)],
    ["00000011", 3, down(33, 26)],
  ])}`,
);

export const INTRA = 1;
export const PATTERN = 2;
export const FORWARD = 8;
export const QUANT = 16;
export const TYPE_I = codes(`1 ${INTRA} 01 ${INTRA | QUANT}`);
export const TYPE_P = codes(
  `1 ${FORWARD | PATTERN} 01 ${PATTERN} 001 ${FORWARD} 00011 ${INTRA} 00010 ${FORWARD | PATTERN | QUANT} 00001 ${PATTERN | QUANT} 000001 ${INTRA | QUANT}`,
);

export const CODED = codes(
  `111 60 1101 4 1100 8 1011 16 1010 32 10011 12 10010 48 10001 20 10000 40 01111 28 01110 44 01101 52 01100 56
  01011 1 01010 61 01001 2 01000 62 001111 24 001110 36 001101 3 001100 63 0010111 5 0010110 9 0010101 17 0010100 33
  0010011 6 0010010 10 0010001 18 0010000 34 00011111 7 00011110 11 00011101 19 00011100 35 00011011 13 00011010 49
  00011001 21 00011000 41 00010111 14 00010110 50 00010101 22 00010100 42 00010011 15 00010010 51 00010001 23
  00010000 43 00001111 25 00001110 37 00001101 26 00001100 38 00001011 29 00001010 45 00001001 53 00001000 57
  00000111 30 00000110 46 00000101 54 00000100 58 000000111 31 000000110 47 000000101 55 000000100 59 000000011 27
  000000010 39`,
);

const MOVES = `01 1 001 2 0001 3 000011 4 0000101 5 0000100 6 0000011 7 000001011 8 000001010 9 000001001 10
  0000010001 11 0000010000 12 0000001111 13 0000001110 14 0000001101 15 0000001100 16`.trim();
export const MOTION = codes(
  `1 0 ${MOVES.split(/\s+/)
    .map((part, i, all) => (i % 2 ? "" : `${part}0 ${all[i + 1]} ${part}1 -${all[i + 1]}`))
    .join(" ")}`,
);

export const DC_LUMA = codes("100 0 00 1 01 2 101 3 110 4 1110 5 11110 6 111110 7 1111110 8");
export const DC_CHROMA = codes("00 0 01 1 10 2 110 3 1110 4 11110 5 111110 6 1111110 7 11111110 8");

/** Run and level as `run * 64 + level`; the sign follows. */
const rl = (run: number, level: number) => run * 64 + level;
export const END = 63 * 64;
export const ESCAPED = 62 * 64;
const COEFFICIENTS = `011 ${rl(1, 1)} 0100 ${rl(0, 2)} 0101 ${rl(2, 1)} 00101 ${rl(0, 3)} 00111 ${rl(3, 1)} 00110 ${rl(4, 1)}
  000110 ${rl(1, 2)} 000111 ${rl(5, 1)} 000101 ${rl(6, 1)} 000100 ${rl(7, 1)} 0000110 ${rl(0, 4)} 0000100 ${rl(2, 2)}
  0000111 ${rl(8, 1)} 0000101 ${rl(9, 1)} 000001 ${ESCAPED} ${counted([
    ["00100", 3, [rl(13, 1), rl(0, 6), rl(12, 1), rl(11, 1), rl(3, 2), rl(1, 3), rl(0, 5), rl(10, 1)]],
    ["0000001", 3, [rl(16, 1), rl(5, 2), rl(0, 7), rl(2, 3), rl(1, 4), rl(15, 1), rl(14, 1), rl(4, 2)]],
    [
      "00000001",
      4,
      [
        rl(0, 11),
        rl(8, 2),
        rl(4, 3),
        rl(0, 10),
        rl(2, 4),
        rl(7, 2),
        rl(21, 1),
        rl(20, 1),
        rl(0, 9),
        rl(19, 1),
        rl(18, 1),
        rl(1, 5),
        rl(3, 3),
        rl(0, 8),
        rl(6, 2),
        rl(17, 1),
      ],
    ],
    [
      "000000001",
      4,
      [
        rl(10, 2),
        rl(9, 2),
        rl(5, 3),
        rl(3, 4),
        rl(2, 5),
        rl(1, 7),
        rl(1, 6),
        rl(0, 15),
        rl(0, 14),
        rl(0, 13),
        rl(0, 12),
        rl(26, 1),
        rl(25, 1),
        rl(24, 1),
        rl(23, 1),
        rl(22, 1),
      ],
    ],
    ["0000000001", 4, down(31, 16).map((level) => rl(0, level))],
    ["00000000001", 4, [...down(40, 32).map((level) => rl(0, level)), ...down(14, 8).map((level) => rl(1, level))]],
    [
      "000000000001",
      4,
      [
        ...down(18, 15).map((level) => rl(1, level)),
        rl(6, 3),
        rl(16, 2),
        rl(15, 2),
        rl(14, 2),
        rl(13, 2),
        rl(12, 2),
        rl(11, 2),
        ...down(31, 27).map((run) => rl(run, 1)),
      ],
    ],
  ])}`;
/** Of the first coefficient of a block that is not intra, and of all others. */
export const FIRST = codes(`1 ${rl(0, 1)} ${COEFFICIENTS}`);
export const OTHERS = codes(`10 ${END} 11 ${rl(0, 1)} ${COEFFICIENTS}`);

export const ZIGZAG = Uint8Array.of(
  ...[0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21],
  ...[28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61],
  ...[54, 47, 55, 62, 63],
);
export const INTRA_MATRIX = Uint8Array.of(
  ...[8, 16, 19, 22, 26, 27, 29, 34, 16, 16, 22, 24, 27, 29, 34, 37, 19, 22, 26, 27, 29, 34, 34, 38, 22, 22, 26, 27],
  ...[29, 34, 37, 40, 22, 26, 27, 29, 32, 35, 40, 48, 26, 27, 29, 32, 35, 40, 48, 58, 26, 27, 29, 34, 38, 46, 56, 69],
  ...[27, 29, 35, 38, 46, 56, 69, 83],
);
