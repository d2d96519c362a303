/** What the ways to get live video have in common: MSE, WebRTC and pictures over the socket. */
import { base } from "../lib/router";

export type Transport = "mse" | "webrtc" | "mjpeg" | "mpeg1";

/** Why a feed ended: try again later, at once, never with this session, or in another way. */
export type End = "lost" | "again" | "logout" | "unsupported";

/** Where a feed shows what it gets, and whom it tells. */
export interface Stage {
  /** The stream's name. */
  src: string;
  video: HTMLVideoElement;
  /** Whether sound is asked for. */
  sound: boolean;
  /** Whether H.265 is asked for; false once the browser has failed to decode it. */
  hevc: boolean;
  microphone: MediaStreamTrack | null;
  /** Shows a picture, which then belongs to the receiver. */
  picture: (bitmap: ImageBitmap) => void;
  /** Tells of the codecs, such as "avc1.640029,mp4a.40.2", and whether there is sound. */
  told: (codecs: string, sound: boolean) => void;
  /** Called once, unless `close` was called before. */
  ended: (end: End, message?: string) => void;
}

export interface Feed {
  /** Bytes that have come. */
  bytes: () => number | Promise<number>;
  /** Keep at the newest picture; called twice a second. */
  tick?: () => void;
  close: () => void;
}

/** Close codes of the server's sockets; see docs/api/live.md. */
const CLOSED: Record<number, End> = { 1008: "logout", 1012: "again" };

/** Return how a socket's close code is to be taken. */
export const closedAs = (code: number): End => CLOSED[code] ?? "lost";

/** Open the socket of a live stream. */
export function liveSocket(src: string): WebSocket {
  const url = new URL("live/mse/api/ws", base);
  url.protocol = url.protocol.replace("http", "ws");
  url.searchParams.set("src", src);
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  return socket;
}

/** Close a socket and hear nothing of it any more. One that still connects is closed then: browsers complain otherwise. */
export function quit(socket: WebSocket): void {
  socket.onclose = socket.onmessage = null;
  if (socket.readyState === WebSocket.CONNECTING) socket.onopen = () => socket.close();
  else {
    socket.onopen = null;
    socket.close();
  }
}

/** Whether an error of the server says that this way will never do. */
export const isRefusal = (message: string): boolean => /codecs not matched|not supported|such pictures/.test(message);
