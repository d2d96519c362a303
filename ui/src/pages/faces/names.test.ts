import { expect, test } from "vitest";
import { attemptOf, personsOf, wrongName } from "./names";

test("the name of an attempt tells its event, time, person and score", () => {
  expect(attemptOf("1763464001.5-abcdef-1763464002.500000-unknown-0.41.webp")).toEqual({
    file: "1763464001.5-abcdef-1763464002.500000-unknown-0.41.webp",
    event: "1763464001.5-abcdef",
    time: 1763464002.5,
    name: null,
    score: 0.41,
  });
  expect(attemptOf("1763464001.5-abcdef-1763464002.5-Anne-Marie Doe-0.97.webp")?.name).toBe("Anne-Marie Doe");
  expect(attemptOf("holiday.jpg")).toBeNull();
});

test("persons are sorted, without the attempts", () => {
  expect(personsOf({ train: ["a"], Zoe: [], Bob: ["b"] })).toEqual(["Bob", "Zoe"]);
});

test("names that the server refuses are told before", () => {
  expect(
    ["train", "unknown", "a/b", ".x", "Bob", "x".repeat(101), "ü".repeat(80), "Zoë"].map((one) =>
      wrongName(one, ["Bob"]),
    ),
  ).toEqual(["reserved", "reserved", "signs", "signs", "taken", "long", "long", ""]);
});
