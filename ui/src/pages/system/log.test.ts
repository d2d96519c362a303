import { describe, expect, it } from "vitest";
import { parseLines, wanted } from "./log";

const LINE = "2026-11-28 19:16:37.000000000  [2026-11-28 19:16:37] dogwatch.runtime.core          WARNING : disk: low";

describe("the log", () => {
  it("takes a line apart", () => {
    const [line] = parseLines([LINE], 7);
    expect(line).toMatchObject({
      id: 7,
      time: "2026-11-28 19:16:37",
      part: "dogwatch.runtime.core",
      level: "warning",
      message: "disk: low",
    });
  });

  it("gives lines of a traceback the level of their message", () => {
    const lines = parseLines([LINE.replace("WARNING", "ERROR"), "Traceback (most recent call last):", "  File"], 0);
    expect(lines.map(({ level }) => level)).toEqual(["error", "error", "error"]);
  });

  it("filters by level and words", () => {
    const [line] = parseLines([LINE], 0);
    expect(wanted(line!, "warning", "LOW disk")).toBe(true);
    expect(wanted(line!, "error", "")).toBe(false);
    expect(wanted(line!, "info", "front")).toBe(false);
  });
});
