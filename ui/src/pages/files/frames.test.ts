import { describe, expect, it } from "vitest";
import { frameAt, seekTo } from "./frames";

const times = [0, 0.04, 0.08, 0.3, 0.34].map((t, n) => ({ n, t, key: n === 0 }));

describe("frames", () => {
  it("knows which frame is shown at a time, with a variable rate", () => {
    expect([0, 0.039, 0.04, 0.2, 0.3, 9].map((at) => frameAt(times, at))).toEqual([0, 0, 1, 2, 3, 4]);
  });

  it("seeks into a frame, so that the frame there is the one wanted", () => {
    for (const { n } of times) expect(frameAt(times, seekTo(times, n, 0.38))).toBe(n);
  });
});
