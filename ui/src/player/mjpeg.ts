/** Live pictures one by one over the socket, for browsers that play nothing else. Loaded when it is used. */
import { closedAs, type Feed, isRefusal, liveSocket, quit, type Stage } from "./feed";

/** Show the stage's camera as JPEG pictures. */
export function openMjpeg(stage: Stage): Feed {
  const socket = liveSocket(stage.src);
  let bytes = 0;
  let busy = false;
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
  socket.onopen = () => socket.send(JSON.stringify({ type: "mjpeg" }));
  socket.onclose = ({ code }) => end(closedAs(code));
  socket.onmessage = async ({ data }) => {
    if (typeof data === "string") {
      const { type, value } = JSON.parse(data) as { type: string; value: string };
      if (type === "error") end(isRefusal(value) ? "unsupported" : "lost", value);
      else stage.told("mjpeg", false);
      return;
    }
    bytes += data.byteLength;
    if (busy) return; // a browser that is too slow skips pictures
    busy = true;
    const bitmap = await createImageBitmap(new Blob([data], { type: "image/jpeg" })).catch(() => null);
    busy = false;
    if (!bitmap) return;
    if (over) bitmap.close();
    else stage.picture(bitmap);
  };
  return { bytes: () => bytes, close };
}
