import { expect, test } from "vitest";
import { pictureTimes, stepFrom, usualGap, videoTrack } from "./samples";

const u32 = (...values: number[]) =>
  values.flatMap((v) => [(v >>> 24) & 255, (v >>> 16) & 255, (v >>> 8) & 255, v & 255]);
const name = (text: string) => [...text].map((one) => one.charCodeAt(0));
const box = (type: string, ...content: number[][]) => {
  const inner = content.flat();
  return [...u32(inner.length + 8), ...name(type), ...inner];
};
const view = (bytes: number[]) => new DataView(new Uint8Array(bytes).buffer);

const trak = (id: number, kind: string, timescale: number) =>
  box(
    "trak",
    box("tkhd", u32(0, 0, 0, id)),
    box("mdia", box("mdhd", u32(0, 0, 0, timescale)), box("hdlr", u32(0, 0), name(kind))),
  );
const INIT = view([...box("ftyp", name("iso5")), ...box("moov", trak(1, "soun", 8000), trak(2, "vide", 1000))]);

const moof = (track: number, at: number, samples: [length: number, shift: number][]) =>
  box(
    "moof",
    box(
      "traf",
      box("tfhd", u32(0x8, track, 66)),
      box("tfdt", u32(0, at)),
      box("trun", u32(0x800 | 0x100 | 0x1, samples.length, 0), ...samples.map((one) => u32(...one))),
    ),
  );

test("the video track of an init section", () => {
  expect(videoTrack(INIT)).toEqual({ id: 2, timescale: 1000 });
  expect(videoTrack(view(box("moov", trak(1, "soun", 8000))))).toBeNull();
  expect(videoTrack(view([0, 0, 0, 3, 1]))).toBeNull();
});

test("pictures are sorted by when they are shown, over several fragments", () => {
  const segment = view([
    ...moof(1, 0, [[100, 0]]),
    ...moof(2, 5000, [
      [100, 0],
      [100, 200],
      [100, 0],
    ]),
    ...box("mdat", u32(1, 2, 3)),
    ...moof(2, 5300, [[50, 0]]),
  ]);
  expect(pictureTimes(segment, { id: 2, timescale: 1000 })).toEqual([0, 0.2, 0.3, 0.3]);
});

test("defaults of a fragment, and a broken one", () => {
  const traf = box("traf", box("tfhd", u32(0x8, 2, 40)), box("tfdt", u32(0, 0)), box("trun", u32(0, 3)));
  expect(pictureTimes(view(box("moof", traf)), { id: 2, timescale: 1000 })).toEqual([0, 0.04, 0.08]);
  const cut = moof(2, 0, [
    [100, 0],
    [100, 0],
  ]).slice(0, -6);
  expect(pictureTimes(view(cut), { id: 2, timescale: 1000 }).length).toBeLessThanOrEqual(2);
});

test("a step leads into the middle of the next picture, also where their distances differ", () => {
  const times = [10, 10.1, 10.3, 10.35];
  expect(stepFrom(times, 10.1, 1, 0.1)).toBeCloseTo(10.325);
  expect(stepFrom(times, 10.1, -1, 0.1)).toBeCloseTo(10.05);
  expect(stepFrom(times, 10.102, 1, 0.1)).toBeCloseTo(10.327);
  expect(stepFrom(times, 10.35, -1, 0.1)).toBeCloseTo(10.325);
  expect(stepFrom(times, 10.3, -1, 0.1)).toBeCloseTo(10.2);
  expect(stepFrom(times, 10.35, 1, 0.1)).toBeCloseTo(10.5);
  expect(stepFrom(times, 10, -1, 0.1)).toBeCloseTo(9.95);
  expect(stepFrom([], 7, 1, 0.1)).toBeCloseTo(7.15);
  expect(usualGap([0, 0.1, 0.2, 0.5])).toBeCloseTo(0.1);
  expect(usualGap([])).toBeCloseTo(1 / 15);
});
