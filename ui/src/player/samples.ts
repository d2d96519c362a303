/** When each picture of a recorded segment is shown, read from its boxes (ISO 14496-12): for exact steps by one picture. */

export interface Track {
  id: number;
  /** Ticks of its clock in a second. */
  timescale: number;
}

interface Box {
  type: string;
  start: number;
  end: number;
}

/** The video track that an init section describes; null without one. */
export function videoTrack(init: DataView): Track | null {
  for (const trak of within(init, ["moov", "trak"])) {
    const [mdia] = children(init, trak, "mdia");
    const [hdlr] = mdia ? children(init, mdia, "hdlr") : [];
    if (!mdia || !hdlr || type(init, hdlr.start + 8) !== "vide") continue;
    const [tkhd] = children(init, trak, "tkhd");
    const [mdhd] = children(init, mdia, "mdhd");
    if (!tkhd || !mdhd) continue;
    const long = (box: Box) => init.getUint8(box.start) === 1;
    return {
      id: init.getUint32(tkhd.start + (long(tkhd) ? 20 : 12)),
      timescale: init.getUint32(mdhd.start + (long(mdhd) ? 20 : 12)),
    };
  }
  return null;
}

/** When the pictures of a segment are shown, in s from the first one, sorted. */
export function pictureTimes(segment: DataView, track: Track): number[] {
  const times: number[] = [];
  for (const traf of within(segment, ["moof", "traf"])) {
    const [tfhd] = children(segment, traf, "tfhd");
    const [tfdt] = children(segment, traf, "tfdt");
    if (!tfhd || !tfdt || segment.getUint32(tfhd.start + 4) !== track.id) continue;
    let at = decodeTime(segment, tfdt);
    const usual = defaultDuration(segment, tfhd);
    for (const trun of children(segment, traf, "trun")) at = run(segment, trun, usual, at, times);
  }
  times.sort((a, b) => a - b);
  const first = times[0] ?? 0;
  return times.map((ticks) => (ticks - first) / track.timescale);
}

function run(view: DataView, { start, end }: Box, usual: number, from: number, times: number[]): number {
  const flags = view.getUint32(start) & 0xffffff;
  const count = view.getUint32(start + 4);
  const has = (bit: number) => (flags & bit ? 4 : 0);
  let place = start + 8 + has(0x1) + has(0x4);
  let at = from;
  const [length, size, own, shift] = [has(0x100), has(0x200), has(0x400), has(0x800)];
  for (let index = 0; index < count && place + length + size + own + shift <= end; index += 1) {
    const lasts = length ? view.getUint32(place) : usual;
    place += length + size + own;
    times.push(at + (shift ? view.getInt32(place) : 0));
    place += shift;
    at += lasts;
  }
  return at;
}

function decodeTime(view: DataView, { start }: Box): number {
  return view.getUint8(start) === 1 ? Number(view.getBigUint64(start + 4)) : view.getUint32(start + 4);
}

function defaultDuration(view: DataView, { start }: Box): number {
  const flags = view.getUint32(start) & 0xffffff;
  if (!(flags & 0x8)) return 0;
  return view.getUint32(start + 8 + (flags & 0x1 ? 8 : 0) + (flags & 0x2 ? 4 : 0));
}

/** All boxes on a path, such as each "traf" in each "moof". */
function within(view: DataView, path: readonly string[]): Box[] {
  let found: Box[] = [{ type: "", start: 0, end: view.byteLength }];
  for (const name of path) found = found.flatMap((box) => children(view, box, name));
  return found;
}

function children(view: DataView, { start, end }: Box, wanted: string): Box[] {
  const found: Box[] = [];
  for (let at = start; at + 8 <= end; ) {
    let size = view.getUint32(at);
    let head = 8;
    if (size === 1 && at + 16 <= end) {
      size = Number(view.getBigUint64(at + 8));
      head = 16;
    } else if (size === 0) size = end - at;
    if (size < head) break;
    if (type(view, at + 4) === wanted) found.push({ type: wanted, start: at + head, end: Math.min(end, at + size) });
    at += size;
  }
  return found;
}

const type = (view: DataView, at: number) =>
  at + 4 <= view.byteLength
    ? String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3))
    : "";

/** Where to seek for the picture after (or before) the one that is shown at `shown`.
 *
 * `times` are of one segment in the player's time, `frame` is the usual time between pictures. The middle of a picture's
 * time is aimed at, so that rounding cannot give its neighbour. At the ends of what is known, the usual time is taken.
 */
export function stepFrom(times: readonly number[], shown: number, by: 1 | -1, frame: number): number {
  const at = nearest(times, shown);
  const known = times[at];
  if (known === undefined || Math.abs(known - shown) > frame) return shown + (by > 0 ? frame * 1.5 : -frame * 0.5);
  const off = shown - known;
  const next = times[at + by];
  if (next === undefined) return shown + (by > 0 ? frame * 1.5 : -frame * 0.5);
  const until = by > 0 ? (times[at + 2] ?? next + frame) : known;
  return off + (next + until) / 2;
}

function nearest(times: readonly number[], wanted: number): number {
  let best = -1;
  let off = Number.POSITIVE_INFINITY;
  times.forEach((time, index) => {
    if (Math.abs(time - wanted) < off) [best, off] = [index, Math.abs(time - wanted)];
  });
  return best;
}

/** The usual time between pictures; a guess without any. */
export function usualGap(times: readonly number[]): number {
  const gaps = times
    .slice(1)
    .map((time, index) => time - (times[index] as number))
    .filter((gap) => gap > 0)
    .sort((a, b) => a - b);
  return gaps[Math.floor(gaps.length / 2)] ?? 1 / 15;
}
