/** Reads bits of a stream. */
import type { Codes } from "./tables";

export class Bits {
  /** The place of the next bit. */
  at = 0;

  constructor(readonly bytes: Uint8Array) {}

  /** The next `count` bits, up to 24, without moving on; zeros follow the end. */
  peek(count: number): number {
    const byte = this.at >> 3;
    const { bytes } = this;
    const word =
      (((bytes[byte] ?? 0) << 24) |
        ((bytes[byte + 1] ?? 0) << 16) |
        ((bytes[byte + 2] ?? 0) << 8) |
        (bytes[byte + 3] ?? 0)) <<
      (this.at & 7);
    return count ? word >>> (32 - count) : 0;
  }

  read(count: number): number {
    const value = this.peek(count);
    this.at += count;
    return value;
  }

  /** Read a code. Raises RangeError if there is none. */
  code({ bits, values }: Codes): number {
    const found = values[this.peek(bits)] as number;
    if (!found) throw new RangeError("no code");
    this.at += found & 31;
    return found >> 5;
  }

  /** Go to the next start code and return it; -1 at the end. */
  startCode(): number {
    const { bytes } = this;
    for (let i = (this.at + 7) >> 3; i + 3 < bytes.length; i += 1) {
      if (bytes[i] === 0 && bytes[i + 1] === 0 && bytes[i + 2] === 1) {
        this.at = (i + 4) * 8;
        return bytes[i + 3] as number;
      }
    }
    this.at = bytes.length * 8;
    return -1;
  }
}
