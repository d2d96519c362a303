import { expect, test } from "vitest";
import { Decoder } from "./decoder";
import { idct } from "./idct";
import type { Plane } from "./planes";
import { LAST, SAMPLE } from "./sample";
import { Transport } from "./transport";

const stream = Uint8Array.from(atob(SAMPLE), (one) => one.charCodeAt(0));

function video(piece: number): Uint8Array {
  const transport = new Transport();
  const parts: number[] = [];
  for (let at = 0; at < stream.length; at += piece)
    for (const part of transport.take(stream.subarray(at, at + piece))) parts.push(...part);
  return Uint8Array.from(parts);
}

function means({ data, width }: Plane, right: number, bottom: number): number[] {
  const found: number[] = [];
  for (let y = 0; y < bottom; y += 8)
    for (let x = 0; x < right; x += 8) {
      let sum = 0;
      for (let i = 0; i < 64; i += 1) sum += data[(y + (i >> 3)) * width + x + (i & 7)] as number;
      found.push(sum / 64);
    }
  return found;
}

test("pictures are decoded as ffmpeg decodes them, moved parts too", () => {
  const frame = new Decoder().picture(video(stream.length));
  expect([frame?.width, frame?.height]).toEqual([48, 32]);
  if (!frame) return;
  for (const [plane, wanted, size] of [
    [frame.luma, LAST.luma, [48, 32]],
    [frame.blue, LAST.blue, [24, 16]],
    [frame.red, LAST.red, [24, 16]],
  ] as const)
    for (const [index, mean] of means(plane, size[0], size[1]).entries())
      expect(Math.abs(mean - (wanted[index] as number))).toBeLessThan(0.8);
});

test("the stream may come in pieces of any size", () => {
  expect(video(50)).toEqual(video(stream.length));
});

test("what is cut off or broken is no picture, and does no harm", () => {
  const whole = video(stream.length);
  const starts = [...whole.keys()].filter(
    (i) => !whole[i] && !whole[i + 1] && whole[i + 2] === 1 && whole[i + 3] === 0,
  );
  const decoder = new Decoder();
  const first = whole.subarray(0, starts[1]);
  expect(decoder.picture(first.subarray(0, first.length - 200))).toBeNull();
  expect(decoder.picture(first)?.width).toBe(48);
  expect(decoder.picture(Uint8Array.of(1, 2, 3))).toBeNull();
  for (let at = 0; at < first.length; at += 7) {
    const broken = first.slice();
    broken[at] = (broken[at] as number) ^ 0x55;
    try {
      new Decoder().picture(broken);
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
    }
  }
});

test("the transform of a flat block is flat, and energy stays", () => {
  const block = new Float32Array(64);
  block[0] = 800;
  idct(block);
  expect(block.every((value) => Math.abs(value - 100) < 0.001)).toBe(true);
  const noise = Float32Array.from({ length: 64 }, (_, i) => Math.sin(i * 7) * 100);
  const before = noise.reduce((sum, value) => sum + value * value, 0);
  idct(noise);
  expect(noise.reduce((sum, value) => sum + value * value, 0) / before).toBeCloseTo(1, 4);
});
