/** The picture of all cameras as MPEG-1, which no browser plays: this page decodes it. Loaded when it is used. */
import { base } from "../lib/router";
import { closedAs, type Feed, quit, type Stage } from "./feed";
import { Decoder } from "./mpeg1/decoder";
import { rgba } from "./mpeg1/planes";
import { Transport } from "./mpeg1/transport";

const MOST_WAITING = 4 * 2 ** 20; // bytes without a whole picture: it is no such stream

/** Show the stage's stream. */
export function openMpeg1(stage: Stage): Feed {
  const url = new URL(`live/jsmpeg/${encodeURIComponent(stage.src)}`, base);
  url.protocol = url.protocol.replace("http", "ws");
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const transport = new Transport();
  const decoder = new Decoder();
  let parts: Uint8Array[] = [];
  let held = 0;
  let bytes = 0;
  let image: ImageData | null = null;
  let over = false;

  const close = () => {
    over = true;
    quit(socket);
  };
  const end: Stage["ended"] = (why, message) => {
    if (over) return;
    close();
    stage.ended(why, message);
  };
  const show = async () => {
    const frame = decoder.picture(joined(parts, held));
    if (!frame) {
      if (held > MOST_WAITING) end("unsupported", "no MPEG-1");
      return; // the rest of it comes with the next message
    }
    parts = [];
    held = 0;
    if (image?.width !== frame.width || image.height !== frame.height) image = new ImageData(frame.width, frame.height);
    rgba(frame, image);
    const bitmap = await createImageBitmap(image);
    if (over) bitmap.close();
    else stage.picture(bitmap);
  };
  socket.onclose = ({ code }) => end(closedAs(code));
  socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    if (!bytes) stage.told("mpeg1", false);
    bytes += data.byteLength;
    for (const part of transport.take(new Uint8Array(data))) {
      parts.push(part.slice());
      held += part.length;
    }
    show().catch((error) => end("lost", String(error)));
  };
  return { bytes: () => bytes, close };
}

function joined(parts: Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
