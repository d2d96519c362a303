/** Waits for a picture of a video element. */

interface FrameNews {
  /** When it is shown, in the player's time; exact where the browser tells. */
  mediaTime: number;
}

const TRY_MS = 50;

/** Wait until a picture is shown that belongs to the newest seek; null if none came in `limit` ms.
 *
 * No single event is relied on: iOS leaves out `seeked`, `requestVideoFrameCallback` does not come for videos that are not
 * painted, and neither for a picture that was shown already.
 */
export function frameShown(video: HTMLVideoElement, limit: number): Promise<FrameNews | null> {
  return new Promise((resolve) => {
    let callback = 0;
    const done = (news: FrameNews | null) => {
      if (callback) video.cancelVideoFrameCallback(callback);
      clearInterval(timer);
      clearTimeout(last);
      video.removeEventListener("seeked", look);
      resolve(news);
    };
    const there = () => !video.seeking && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    const look = () => {
      // The callback is more exact; it has a moment to come first.
      if (there())
        setTimeout(() => done({ mediaTime: video.currentTime }), "requestVideoFrameCallback" in video ? 40 : 0);
    };
    const listen = () => {
      callback = video.requestVideoFrameCallback((_now, { mediaTime }) => {
        if (video.seeking) listen();
        else done({ mediaTime });
      });
    };
    if ("requestVideoFrameCallback" in video) listen();
    video.addEventListener("seeked", look);
    const timer = setInterval(look, TRY_MS);
    const last = setTimeout(() => done(there() ? { mediaTime: video.currentTime } : null), limit);
  });
}
