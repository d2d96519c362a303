/** Decodes MPEG-1 video: pictures with I and P frames, as Dogwatch makes them. B frames are left out. */
import { Bits } from "./bits";
import { idct } from "./idct";
import { blend, copy, type Plane, plane, put } from "./planes";
import * as T from "./tables";

export interface Frame {
  width: number;
  height: number;
  luma: Plane;
  blue: Plane;
  red: Plane;
}

const [PICTURE, FIRST_SLICE, LAST_SLICE, SEQUENCE] = [0x00, 0x01, 0xaf, 0xb3];
const [I, P] = [1, 2];
const MOST = 4096; // pixels of a side

export class Decoder {
  private bits = new Bits(new Uint8Array(0));
  private now: Frame | null = null;
  private before: Frame | null = null;
  private columns = 0;
  private rows = 0;
  private intra = T.INTRA_MATRIX;
  private inter = new Uint8Array(64).fill(16);
  private kind = 0;
  private fullPixels = false;
  private moveBits = 0;
  private quant = 0;
  private moveX = 0;
  private moveY = 0;
  private readonly dc = [0, 0, 0];
  private readonly block = new Float32Array(64);
  private done = 0;

  /** Decode pictures with the headers before them, and return the last that is whole; null if none is. */
  picture(bytes: Uint8Array): Frame | null {
    this.bits = new Bits(bytes);
    this.kind = 0;
    let whole: Frame | null = null;
    for (let code = this.bits.startCode(); code >= 0; code = this.bits.startCode()) {
      if (code === SEQUENCE) this.sequence();
      else if (code === PICTURE) {
        whole = this.finished() ?? whole;
        this.header();
      } else if (code >= FIRST_SLICE && code <= LAST_SLICE && this.kind) this.trySlice(code);
    }
    return this.finished() ?? whole;
  }

  /** Return the picture that was decoded if it is whole: the next one is made of it. */
  private finished(): Frame | null {
    const { now } = this;
    if (!now || !this.kind || this.done < this.columns * this.rows) return null;
    [this.now, this.before] = [this.before, now];
    this.kind = 0;
    return now;
  }

  private sequence(): void {
    const { bits } = this;
    const [width, height] = [bits.read(12), bits.read(12)];
    bits.read(8); // ratio of pixels, rate of pictures
    bits.read(18); // rate of bits
    bits.read(12); // marker, size of the buffer, constrained
    this.intra = bits.read(1) ? this.matrix() : T.INTRA_MATRIX;
    this.inter = bits.read(1) ? this.matrix() : new Uint8Array(64).fill(16);
    if (width === this.now?.width && height === this.now.height) return;
    if (!width || !height || width > MOST || height > MOST) throw new RangeError(`a picture of ${width} x ${height}`);
    this.columns = (width + 15) >> 4;
    this.rows = (height + 15) >> 4;
    const made = (): Frame => ({
      width,
      height,
      luma: plane(this.columns * 16, this.rows * 16),
      blue: plane(this.columns * 8, this.rows * 8),
      red: plane(this.columns * 8, this.rows * 8),
    });
    this.now = made();
    this.before = made();
  }

  private matrix(): Uint8Array<ArrayBuffer> {
    const found = new Uint8Array(64);
    for (const place of T.ZIGZAG) found[place] = this.bits.read(8);
    return found;
  }

  private header(): void {
    const { bits } = this;
    bits.read(10); // its place among the others
    const kind = bits.read(3);
    bits.read(16);
    this.kind = kind === I || kind === P ? kind : 0;
    this.done = 0;
    if (kind === P) {
      this.fullPixels = Boolean(bits.read(1));
      this.moveBits = bits.read(3) - 1;
    }
  }

  /** A slice that is broken leaves the rest of it as it is. */
  private trySlice(row: number): void {
    try {
      this.slice(row);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }

  private slice(row: number): void {
    const { bits, now } = this;
    if (!now || row > this.rows) return;
    this.quant = bits.read(5);
    while (bits.read(1)) bits.read(8);
    this.forget();
    let place = (row - 1) * this.columns - 1;
    const last = this.columns * this.rows;
    let first = true;
    do {
      let by = 0;
      let code = bits.code(T.INCREMENT);
      for (; code >= T.STUFFING; code = bits.code(T.INCREMENT)) if (code === T.ESCAPE) by += 33;
      by += code;
      if (!first && by > 1) {
        this.forget();
        for (let skipped = 1; skipped < by; skipped += 1) this.skip(place + skipped);
      }
      first = false;
      place += by;
      if (place >= last) return;
      this.macroblock(place);
      this.done += 1;
    } while (bits.peek(23));
  }

  private forget(): void {
    this.moveX = this.moveY = 0;
    this.dc.fill(128);
  }

  /** What has not changed is as it was. */
  private skip(place: number): void {
    if (place >= this.columns * this.rows) return;
    this.predict(place);
    this.done += 1;
  }

  private macroblock(place: number): void {
    const { bits } = this;
    const type = bits.code(this.kind === I ? T.TYPE_I : T.TYPE_P);
    if (type & T.QUANT) this.quant = bits.read(5);
    if (type & T.INTRA) {
      this.moveX = this.moveY = 0;
      for (let block = 0; block < 6; block += 1) this.intraBlock(place, block);
      return;
    }
    this.dc.fill(128);
    if (type & T.FORWARD) {
      this.moveX = this.moved(this.moveX);
      this.moveY = this.moved(this.moveY);
    } else this.moveX = this.moveY = 0;
    this.predict(place);
    const coded = type & T.PATTERN ? bits.code(T.CODED) : 0;
    for (let block = 0; block < 6; block += 1) if (coded & (32 >> block)) this.interBlock(place, block);
  }

  private moved(from: number): number {
    const { bits } = this;
    const scale = 1 << this.moveBits;
    const code = bits.code(T.MOTION);
    let by = code;
    if (this.moveBits && code) {
      by = (Math.abs(code) - 1) * scale + bits.read(this.moveBits) + 1;
      if (code < 0) by = -by;
    }
    const to = from + by;
    if (to > scale * 16 - 1) return to - scale * 32;
    return to < -scale * 16 ? to + scale * 32 : to;
  }

  private predict(place: number): void {
    const { now, before } = this;
    if (!now || !before) return;
    const [column, row] = [place % this.columns, Math.floor(place / this.columns)];
    const [x, y] = this.fullPixels ? [this.moveX * 2, this.moveY * 2] : [this.moveX, this.moveY];
    blend(before.luma, now.luma, column * 16, row * 16, 16, x, y);
    const [halfX, halfY] = [Math.trunc(x / 2), Math.trunc(y / 2)];
    blend(before.blue, now.blue, column * 8, row * 8, 8, halfX, halfY);
    blend(before.red, now.red, column * 8, row * 8, 8, halfX, halfY);
  }

  private intraBlock(place: number, block: number): void {
    const { bits, dc } = this;
    const part = block < 4 ? 0 : block - 3;
    const size = bits.code(part ? T.DC_CHROMA : T.DC_LUMA);
    if (size) {
      const value = bits.read(size);
      dc[part] = (dc[part] as number) + (value >> (size - 1) ? value : value + 1 - (1 << size));
    }
    this.block.fill(0);
    this.block[0] = (dc[part] as number) * 8;
    this.coefficients(1, this.intra, 0);
    idct(this.block);
    put(...this.target(place, block), this.block);
  }

  private interBlock(place: number, block: number): void {
    this.block.fill(0);
    this.coefficients(0, this.inter, 1);
    idct(this.block);
    copy(...this.target(place, block), this.block);
  }

  private coefficients(from: number, matrix: Uint8Array, inter: number): void {
    const { bits } = this;
    let at = from;
    let codes = from ? T.OTHERS : T.FIRST;
    for (;;) {
      const code = bits.code(codes);
      codes = T.OTHERS;
      if (code === T.END) return;
      let run = code >> 6;
      let level = code & 63;
      if (code === T.ESCAPED) {
        run = bits.read(6);
        level = this.escaped();
      } else if (bits.read(1)) level = -level;
      at += run;
      if (at > 63) throw new RangeError("too many coefficients");
      const place = T.ZIGZAG[at] as number;
      const sign = level < 0 ? -1 : 1;
      let value = Math.trunc(((2 * level + sign * inter) * this.quant * (matrix[place] as number)) / 16);
      if (!(value & 1)) value -= value ? sign : 0;
      this.block[place] = Math.max(-2048, Math.min(2047, value));
      at += 1;
    }
  }

  private escaped(): number {
    const value = this.bits.read(8);
    if (value === 0) return this.bits.read(8);
    if (value === 128) return this.bits.read(8) - 256;
    return value > 128 ? value - 256 : value;
  }

  private target(place: number, block: number): [Plane, number, number] {
    const frame = this.now as Frame;
    const [column, row] = [place % this.columns, Math.floor(place / this.columns)];
    if (block < 4) return [frame.luma, column * 16 + (block & 1) * 8, row * 16 + (block >> 1) * 8];
    return [block === 4 ? frame.blue : frame.red, column * 8, row * 8];
  }
}
