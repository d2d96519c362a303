/** Live video over a WebSocket and Media Source Extensions: the camera's own pictures, without transcoding. */
import { hasSound, taken } from "./codecs";
import { step } from "./edge";
import { closedAs, type Feed, isRefusal, liveSocket, quit, type Stage } from "./feed";

declare global {
  interface Window {
    ManagedMediaSource?: typeof MediaSource;
  }
}

const HELD_S = 12; // no more than this stays in the buffer
const KEPT_S = 4;
const MOST_WAITING = 16 * 2 ** 20; // bytes that the decoder did not take: it hangs

/** Whether this browser's catching up by the playback rate stutters. */
const JUMPS = /AppleWebKit/.test(navigator.userAgent) && !/Chrom(e|ium)|Edg/.test(navigator.userAgent);

/** Whether the browser can play so at all. */
export const canMse = (): boolean => Boolean(window.ManagedMediaSource ?? window.MediaSource);

/** Play the stage's stream. */
export function openMse(stage: Stage): Feed {
  const Source = (window.ManagedMediaSource ?? window.MediaSource) as typeof MediaSource;
  const { video } = stage;
  const media = new Source();
  const socket = liveSocket(stage.src);
  let waiting: ArrayBuffer[] = [];
  let held = 0;
  let bytes = 0;
  let type = "";
  let buffer: SourceBuffer | null = null;
  let over = false;

  const close = () => {
    over = true;
    quit(socket);
    video.removeEventListener("error", failed);
    waiting = [];
    if (video.src === source) {
      video.removeAttribute("src");
      video.load(); // lets go of the decoder and of what is held
    }
    URL.revokeObjectURL(source);
  };
  const end: Stage["ended"] = (why, message) => {
    if (over) return;
    close();
    stage.ended(why, message);
  };
  const failed = () => end("unsupported", video.error?.message);

  const feed = () => {
    if (over || !buffer || buffer.updating || media.readyState !== "open") return;
    try {
      const { buffered } = buffer;
      const last = buffered.length - 1;
      if (
        last >= 0 &&
        buffered.end(last) - buffered.start(0) > HELD_S &&
        video.currentTime - KEPT_S > buffered.start(0)
      )
        buffer.remove(0, video.currentTime - KEPT_S);
      else if (waiting.length) {
        const next = joined(waiting);
        waiting = [];
        held = 0;
        buffer.appendBuffer(next);
      }
    } catch (error) {
      end((error as Error).name === "QuotaExceededError" ? "again" : "unsupported", String(error));
    }
  };
  const begin = () => {
    if (over || buffer || !type || media.readyState !== "open") return;
    try {
      buffer = media.addSourceBuffer(type);
    } catch (error) {
      end("unsupported", String(error));
      return;
    }
    buffer.addEventListener("updateend", feed);
    feed();
  };

  socket.onopen = () => {
    const value = taken((one) => Source.isTypeSupported(one), stage);
    socket.send(JSON.stringify({ type: "mse", value }));
  };
  socket.onclose = ({ code }) => end(closedAs(code));
  socket.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) {
      bytes += data.byteLength;
      held += data.byteLength;
      waiting.push(data);
      if (held > MOST_WAITING) end("lost", "the decoder hangs");
      else feed();
      return;
    }
    const { type: kind, value } = JSON.parse(data) as { type: string; value: string };
    if (kind === "mse") {
      type = value;
      const codecs = /codecs="([^"]*)"/.exec(value)?.[1] ?? "";
      stage.told(codecs, hasSound(codecs));
      begin();
    } else if (kind === "error") end(isRefusal(value) ? "unsupported" : "lost", value);
  };
  media.addEventListener("sourceopen", begin, { once: true });
  video.addEventListener("error", failed);
  video.disableRemotePlayback = true; // a ManagedMediaSource does not open without it
  video.srcObject = null;
  const source = URL.createObjectURL(media);
  video.src = source;
  video.play().catch(() => {}); // it plays when it can: pictures without sound may always

  const tick = () => {
    const ranges = Array.from({ length: video.buffered.length }, (_, i) => [
      video.buffered.start(i),
      video.buffered.end(i),
    ]) as [number, number][];
    const { rate, seek } = step({ at: video.currentTime, ranges, rate: video.playbackRate }, JUMPS);
    if (seek !== null) video.currentTime = seek;
    if (video.playbackRate !== rate) video.playbackRate = rate;
    feed();
  };
  return { bytes: () => bytes, tick, close };
}

function joined(parts: ArrayBuffer[]): ArrayBuffer {
  if (parts.length === 1) return parts[0] as ArrayBuffer;
  const whole = new Uint8Array(parts.reduce((sum, one) => sum + one.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(new Uint8Array(part), at);
    at += part.byteLength;
  }
  return whole.buffer;
}
