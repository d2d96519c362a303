import { expect, test } from "vitest";
import { type Choice, section } from "./section";

const choice: Choice = {
  name: "Front door",
  record: "rtsp://10.0.0.2/main",
  detect: "rtsp://10.0.0.2/sub",
  user: "admin",
  password: "a{b",
  what: "everything",
  days: 7,
  detectOn: true,
  track: [],
  onvif: null,
};

test("records the one stream and detects in the other", () => {
  expect(section(choice)).toEqual({
    friendly_name: "Front door",
    ffmpeg: {
      inputs: [
        { path: "rtsp://admin:a%7Bb@10.0.0.2/main", roles: ["record"] },
        { path: "rtsp://admin:a%7Bb@10.0.0.2/sub", roles: ["detect"] },
      ],
    },
    detect: { enabled: true },
    record: { enabled: true, continuous: { days: 7 } },
    snapshots: { enabled: true },
  });
});

test("opens one stream once", () => {
  const one = section({ ...choice, detect: choice.record, user: "" }) as { ffmpeg: { inputs: unknown[] } };
  expect(one.ffmpeg.inputs).toEqual([{ path: "rtsp://10.0.0.2/main", roles: ["record", "detect"] }]);
  const off = section({ ...choice, detectOn: false, user: "" }) as { ffmpeg: { inputs: unknown[] } };
  expect(off.ffmpeg.inputs).toHaveLength(1);
});

test("keeps alerts at least as long as everything else, or only them", () => {
  expect(section({ ...choice, what: "motion", days: 30 }).record).toEqual({
    enabled: true,
    motion: { days: 30 },
    alerts: { retain: { days: 30 } },
    detections: { retain: { days: 30 } },
  });
  expect(section({ ...choice, what: "alerts", days: 14 }).record).toEqual({
    enabled: true,
    alerts: { retain: { days: 14 } },
    detections: { retain: { days: 0 } },
  });
  expect(section({ ...choice, what: "nothing" }).record).toEqual({ enabled: false });
});

test("a camera that turns gets its login", () => {
  expect(section({ ...choice, onvif: { host: "10.0.0.2", port: 80 } }).onvif).toEqual({
    host: "10.0.0.2",
    port: 80,
    user: "admin",
    password: "a{{b",
  });
});
