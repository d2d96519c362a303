/** Reads the recorder's media playlists (docs/api/vod.md): which piece of media time is which piece of wall time. */

export interface Segment {
  /** Where it begins in the player's time, in s. */
  media: number;
  /** When it was recorded, epoch s. */
  wall: number;
  length: number;
}

/** The segments of a playlist, in order. Times between two dates go on by the lengths of segments. */
export function segmentsOf(playlist: string): Segment[] {
  const found: Segment[] = [];
  let media = 0;
  let wall = Number.NaN;
  let length = 0;
  for (const line of playlist.split(/\r?\n/)) {
    if (line.startsWith("#EXT-X-PROGRAM-DATE-TIME:")) wall = Date.parse(line.slice(line.indexOf(":") + 1)) / 1000;
    else if (line.startsWith("#EXTINF:")) length = Number.parseFloat(line.slice(8));
    else if (line && !line.startsWith("#") && length) {
      found.push({ media, wall, length });
      media += length;
      wall += length;
      length = 0;
    }
  }
  return found;
}

export interface Place {
  /** Where to seek to. */
  media: number;
  /** What is shown there: the asked time, or where the next recording begins. */
  wall: number;
  /** Whether nothing was recorded at the asked time: from when to when. Infinite where the playlist ends. */
  gap: readonly [from: number, to: number] | null;
}

const TOUCH = 0.6; // shorter gaps are not told: segments begin and end at frames

/** Where `wall` lies in the player's time; null without any segment. */
export function placeOf(segments: readonly Segment[], wall: number): Place | null {
  let before: Segment | undefined;
  for (const segment of segments) {
    if (wall < segment.wall) {
      const from = before ? before.wall + before.length : Number.NEGATIVE_INFINITY;
      const told = segment.wall - wall > 0.001 && segment.wall - from > TOUCH;
      return { media: segment.media, wall: segment.wall, gap: told ? [from, segment.wall] : null };
    }
    if (wall < segment.wall + segment.length) {
      return { media: segment.media + (wall - segment.wall), wall, gap: null };
    }
    before = segment;
  }
  if (!before) return null;
  const end = before.wall + before.length;
  const near = wall - end < TOUCH;
  const media = before.media + Math.max(0, before.length - 0.01);
  return { media, wall: end - 0.01, gap: near ? null : [end, Number.POSITIVE_INFINITY] };
}

/** When what is shown at `media` was recorded. */
export function wallOf(segments: readonly Segment[], media: number): number | null {
  let low = 0;
  let high = segments.length - 1;
  if (high < 0) return null;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((segments[middle] as Segment).media <= media + 1e-6) low = middle;
    else high = middle - 1;
  }
  const segment = segments[low] as Segment;
  return segment.wall + Math.min(Math.max(0, media - segment.media), segment.length);
}

export const BACK = 900;
export const AHEAD = 2700;
const GRID = 300;

/** The span whose playlist is asked for to play from `at`: long enough to play and step on, short enough to come at once. */
export function windowFor(at: number): [from: number, to: number] {
  const from = Math.floor((at - BACK) / GRID) * GRID;
  return [from, from + BACK + AHEAD];
}
