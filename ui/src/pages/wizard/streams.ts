/** What is known of a camera's streams, and which of them is for what. Nothing of the page. */

/** What a look at a stream has shown. */
export interface Seen {
  width: number;
  height: number;
  codec: string;
  fps: number | null;
  bytesPerSecond: number;
  keyframeInterval: number | null;
  /** The codec of its sound; "" if it has none. */
  audio: string;
  /** A JPEG as base64. */
  picture: string | null;
}

export interface Stream {
  /** Without user name and password. */
  url: string;
  name: string;
  seen?: Seen;
  problem?: string;
}

/** The answer of `POST /api/ffprobe`. */
export interface Probed {
  streams: { codec_type?: string; codec_name?: string; width?: number; height?: number }[];
  bytes_per_second: number;
  fps: number | null;
  keyframe_interval: number | null;
  picture: string | null;
  width: number;
  height: number;
}

const WIDE_ENOUGH = 600; // pixels: narrower pictures show people in the distance too small

export function seenOf(probed: Probed): Seen {
  const of = (kind: string) => probed.streams.find(({ codec_type }) => codec_type === kind);
  return {
    width: probed.width,
    height: probed.height,
    codec: (of("video")?.codec_name ?? "").toUpperCase().replace("HEVC", "H265").replace(/^H26/, "H.26"),
    fps: probed.fps,
    bytesPerSecond: probed.bytes_per_second,
    keyframeInterval: probed.keyframe_interval,
    audio: (of("audio")?.codec_name ?? "").toUpperCase(),
    picture: probed.picture,
  };
}

/** The streams to record and to detect in: the largest, and the smallest that is wide enough. */
export function proposed(streams: readonly Stream[]): { record: string; detect: string } {
  const pixels = ({ seen }: Stream) => (seen ? seen.width * seen.height : 0);
  // Of streams of the same size the first one, which cameras name "main".
  const good = streams.filter(({ seen }) => seen && seen.width > 0).sort((a, b) => pixels(b) - pixels(a));
  const largest = good[0];
  const wide = good.filter((one) => (one.seen as Seen).width >= WIDE_ENOUGH);
  const least = Math.min(...wide.map(pixels));
  const small = wide.find((one) => pixels(one) === least) ?? largest;
  return { record: largest?.url ?? "", detect: small?.url ?? "" };
}

/** Put user name and password into an address, as the configuration file takes it. One that has a login keeps it. */
export function withLogin(url: string, user: string, password: string): string {
  const found = /^([a-z][a-z0-9+.-]*:\/\/)(.*)$/i.exec(url);
  if (!found) return url;
  const [, scheme, rest] = found as unknown as [string, string, string];
  const authority = rest.split(/[/?#]/)[0] as string;
  // Braces name secrets in the file; two of them are one brace.
  const plain = rest.replaceAll("{", "{{").replaceAll("}", "}}");
  if (!user || authority.includes("@")) return scheme + plain;
  const login = password ? `${encodeURIComponent(user)}:${encodeURIComponent(password)}` : encodeURIComponent(user);
  return `${scheme}${login}@${plain}`;
}

/** What somebody typed: a stream's address, or a host to ask by ONVIF, perhaps with a port. */
export function typed(text: string): { url: string } | { host: string; port: number } | null {
  const trimmed = text.trim();
  if (/^(rtsps?|rtmps?|https?):\/\/\S+$/i.test(trimmed)) return { url: trimmed };
  const host = /^(\[[0-9a-f:]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i.exec(trimmed);
  if (!host) return null;
  const port = host[2] ? Number(host[2]) : 80;
  return port >= 1 && port <= 65_535 ? { host: (host[1] as string).replace(/^\[|\]$/g, ""), port } : null;
}
