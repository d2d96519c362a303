import { expect, test } from "vitest";
import { proposed, type Stream, seenOf, typed, withLogin } from "./streams";

const stream = (url: string, width: number, height: number): Stream => ({
  url,
  name: url,
  seen: {
    width,
    height,
    codec: "H.264",
    fps: 15,
    bytesPerSecond: 1,
    keyframeInterval: 1,
    audio: "",
    picture: null,
  },
});

test("records the largest stream, and detects in the smallest that is wide enough", () => {
  const all = [stream("main", 3840, 2160), stream("sub", 640, 360), stream("tiny", 320, 180)];
  expect(proposed(all)).toEqual({ record: "main", detect: "sub" });
  expect(proposed([stream("tiny", 320, 180)])).toEqual({ record: "tiny", detect: "tiny" });
  expect(proposed([stream("main", 1920, 1080), stream("tiny", 320, 180)])).toEqual({ record: "main", detect: "main" });
  expect(proposed([stream("main", 1280, 720), stream("sub", 1280, 720)])).toEqual({ record: "main", detect: "main" });
  expect(proposed([{ url: "x", name: "x", problem: "gone" }])).toEqual({ record: "", detect: "" });
});

test("puts logins into addresses", () => {
  expect(withLogin("rtsp://10.0.0.2/main", "admin", "p@ss/w{d")).toBe("rtsp://admin:p%40ss%2Fw%7Bd@10.0.0.2/main");
  expect(withLogin("rtsp://10.0.0.2/main", "", "")).toBe("rtsp://10.0.0.2/main");
  expect(withLogin("rtsp://a:b@10.0.0.2/main", "admin", "x")).toBe("rtsp://a:b@10.0.0.2/main");
  expect(withLogin("rtsp://10.0.0.2/{x}?q=a@b", "admin", "")).toBe("rtsp://admin@10.0.0.2/{{x}}?q=a@b");
});

test("understands what is typed", () => {
  expect(typed(" 192.0.2.7 ")).toEqual({ host: "192.0.2.7", port: 80 });
  expect(typed("camera.lan:8000")).toEqual({ host: "camera.lan", port: 8000 });
  expect(typed("[fe80::1]:80")).toEqual({ host: "fe80::1", port: 80 });
  expect(typed("rtsp://192.0.2.7/main")).toEqual({ url: "rtsp://192.0.2.7/main" });
  expect(typed("192.0.2.7:99999")).toBeNull();
  expect(typed("a camera")).toBeNull();
});

test("reads what was seen", () => {
  const seen = seenOf({
    streams: [
      { codec_type: "video", codec_name: "hevc" },
      { codec_type: "audio", codec_name: "aac" },
    ],
    bytes_per_second: 262144,
    fps: 25,
    keyframe_interval: 2,
    picture: null,
    width: 1920,
    height: 1080,
  });
  expect([seen.codec, seen.audio]).toEqual(["H.265", "AAC"]);
});
