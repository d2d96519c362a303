import { describe, expect, it } from "vitest";
import { follow } from "./drift";

describe("follow", () => {
  it("leaves alone what is as near as half a frame", () => {
    expect(follow(0.01, 1)).toEqual({ rate: 1, seek: false });
  });

  it("jumps when it is far off", () => {
    expect(follow(-5, 1).seek).toBe(true);
    expect(follow(2, 8).seek).toBe(false);
  });

  it("comes within a frame in a few seconds, from either side, at any speed", () => {
    for (const speed of [0.25, 1, 4]) {
      for (let drift of [0.9, -0.9]) {
        for (let turn = 0; turn < 50; turn += 1) drift -= (follow(drift, speed).rate - speed) * 0.2;
        expect(Math.abs(drift)).toBeLessThan(speed < 1 ? 0.5 : 0.04);
      }
    }
  });
});
