import { expect, test } from "vitest";
import { backoff, Choice } from "./order";

const all = () => true;

test("MSE is tried first, then WebRTC, then single pictures", () => {
  const choice = new Choice("auto", all);
  expect(choice.now(0)).toBe("mse");
  choice.refuse("mse", 0);
  expect(choice.now(1)).toBe("webrtc");
  choice.refuse("webrtc", 1);
  expect(choice.now(2)).toBe("mjpeg");
  choice.refuse("mjpeg", 2);
  expect(choice.now(3)).toBeNull();
});

test("a way that did not do is tried again after a minute", () => {
  const choice = new Choice("auto", all);
  choice.refuse("mse", 1000);
  expect(choice.now(60_999)).toBe("webrtc");
  expect(choice.now(61_000)).toBe("mse");
});

test("a way that the browser lacks is never tried, and the chosen one comes first", () => {
  expect(new Choice("auto", (way) => way !== "mse").now(0)).toBe("webrtc");
  expect(new Choice("webrtc", all).now(0)).toBe("webrtc");
  expect(new Choice("mjpeg", (way) => way !== "mjpeg").now(0)).toBeNull();
});

test("waits grow to a quarter of a minute, each a little different", () => {
  expect(backoff(0, 0.5)).toBe(500);
  expect(backoff(1, 0.5)).toBe(1000);
  expect(backoff(99, 0.5)).toBe(15_000);
  expect(backoff(3, 0)).toBeLessThan(backoff(3, 1));
});
