/** The codecs that the server may send, the usual profiles first. */
const VIDEO = ["avc1.640029", "avc1.64002A", "avc1.640033", "avc1.42E01E"];
const HEVC = ["hvc1.1.6.L153.B0", "hvc1.2.4.L153.B0"];
const SOUND = ["mp4a.40.2", "mp4a.40.5", "opus"];

/**
 * Return what a browser takes, as the server wants it: names with commas between them.
 *
 * `supports` is `MediaSource.isTypeSupported`. Without `sound` no codec of sound is listed, and none is sent.
 */
export function taken(supports: (type: string) => boolean, { sound = true, hevc = true } = {}): string {
  const all = [...VIDEO, ...(hevc ? HEVC : []), ...(sound ? SOUND : [])];
  return all.filter((one) => supports(`video/mp4; codecs="${one}"`)).join(",");
}

/** Whether codecs, such as "avc1.640029,mp4a.40.2", contain sound. */
export const hasSound = (codecs: string): boolean => codecs.split(",").some((one) => /^(mp4a|opus|flac)/i.test(one));
