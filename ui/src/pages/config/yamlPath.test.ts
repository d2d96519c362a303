import { expect, test } from "vitest";
import { keyAt, placeAt, siblings } from "./yamlPath";

const TEXT = `# comment
mqtt:
  host: broker
cameras:
  front:
    ffmpeg:
      inputs:
        - path: rtsp://x/y
          roles: [record]
        - path: rtsp://x/z
    detect:
      fps: 5

      en
    objects:
      track:
      - person
      - c
record:
`.split("\n");

const row = (text: string) => TEXT.findIndex((line) => line.includes(text));

test("finds keys by their indentation", () => {
  expect(keyAt(TEXT, row("fps"))?.path).toEqual(["cameras", "front", "detect", "fps"]);
  expect(keyAt(TEXT, row("roles"))?.path).toEqual(["cameras", "front", "ffmpeg", "inputs", "[]", "roles"]);
  expect(keyAt(TEXT, row("x/z"))).toEqual({
    path: ["cameras", "front", "ffmpeg", "inputs", "[]", "path"],
    from: 10,
    to: 14,
  });
  expect(keyAt(TEXT, row("record:"))?.path).toEqual(["record"]);
  expect(keyAt(TEXT, row("# comment"))).toBeNull();
});

test("knows what is being typed", () => {
  expect(placeAt(TEXT, row("      en"), 8)).toEqual({
    kind: "key",
    path: ["cameras", "front", "detect"],
    typed: "en",
    from: 6,
    indent: 6,
  });
  expect(placeAt(TEXT, row("fps"), 12)).toMatchObject({
    kind: "value",
    path: ["cameras", "front", "detect", "fps"],
    typed: "5",
    from: 11,
  });
  expect(placeAt(TEXT, row("- c"), 9)).toMatchObject({
    kind: "key",
    path: ["cameras", "front", "objects", "track", "[]"],
    typed: "c",
  });
  expect(placeAt(TEXT, 1, 0)).toMatchObject({ kind: "key", path: [] });
  expect(placeAt(["a: {b: "], 0, 7)).toBeNull();
});

test("an empty line belongs to the map of its indentation", () => {
  const at = row("      en") - 1;
  expect(placeAt([...TEXT.slice(0, at), "      ", ...TEXT.slice(at + 1)], at, 6)?.path).toEqual([
    "cameras",
    "front",
    "detect",
  ]);
});

test("knows the other keys of the map", () => {
  expect(siblings(TEXT, row("      en"), 6)).toEqual(new Set(["fps"]));
  expect(siblings(TEXT, row("roles"), 10)).toEqual(new Set(["path"]));
  expect(siblings(TEXT, row("mqtt"), 0)).toEqual(new Set(["cameras", "record"]));
  expect(siblings(TEXT, row("detect"), 4)).toEqual(new Set(["ffmpeg", "objects"]));
});
