import { describe, expect, test } from "vitest";
import { PINS, pathOf, pinOf, placeOf, terminals, wiresOf } from "./header";

describe("the header", () => {
  test("has 40 pins, and each line once", () => {
    expect(PINS).toHaveLength(40);
    const lines = PINS.flatMap(({ gpio }) => (gpio === undefined ? [] : [gpio])).sort((a, b) => a - b);
    expect(lines).toEqual(Array.from({ length: 28 }, (_, n) => n));
    expect(PINS.filter(({ kind }) => kind === "ground").map(({ number }) => number)).toEqual([
      6, 9, 14, 20, 25, 30, 34, 39,
    ]);
    expect(PINS.filter(({ kind }) => kind === "volts5").map(({ number }) => number)).toEqual([2, 4]);
    expect(PINS.filter(({ kind }) => kind === "volts3").map(({ number }) => number)).toEqual([1, 17]);
  });

  test.each([
    [22, 15],
    [17, 11],
    [8, 24],
    [27, 13],
    [26, 37],
    [5, 29],
  ])("line %i is pin %i", (gpio, number) => expect(pinOf(gpio)?.number).toBe(number));
});

describe("wires", () => {
  const reed = [
    { pin: "3V3 [17]", connect: "VCC (+)" },
    { pin: "GND [14]", connect: "GND" },
    { pin: "GPIO22 [15]", connect: "DO" },
  ];

  test("go where the type says", () => {
    expect(wiresOf(reed, 22).map(({ pin, to }) => [pin.number, to])).toEqual([
      [17, "VCC (+)"],
      [14, "GND"],
      [15, "DO"],
    ]);
  });

  test("follow the chosen line", () => {
    expect(wiresOf(reed, 6).map(({ pin }) => pin.number)).toEqual([17, 14, 31]);
    expect(wiresOf(reed, null).map(({ pin }) => pin.number)).toEqual([17, 14, 15]);
    expect(wiresOf([{ pin: "nothing", connect: "x" }], 6)).toEqual([]);
  });

  test("of neighbours do not lie on one another", () => {
    const [, ground, line] = wiresOf(reed, 22);
    const level = (path: string) => /V(\S+?)H/.exec(path)?.[1];
    expect(level(pathOf(ground!.pin, 300, 100))).not.toBe(level(pathOf(line!.pin, 300, 100)));
  });

  test("end inside of the picture", () => {
    for (const gpio of [2, 21, 26]) {
      const ends = terminals(wiresOf(reed, gpio));
      expect(Math.min(...ends)).toBeGreaterThanOrEqual(placeOf(PINS[0]!)[1]);
      expect(Math.max(...ends)).toBeLessThanOrEqual(placeOf(PINS[39]!)[1]);
    }
  });
});
