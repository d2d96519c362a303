/** What lies on the timeline. Times are epoch s; what still goes on has no end. */
export type Lane = "motion" | "recordings" | "alerts" | "detections" | "sensors" | "exports";

export const LANES: readonly Lane[] = ["motion", "recordings", "alerts", "detections", "sensors", "exports"];

export interface Item {
  kind: "alert" | "detection" | "sensor" | "export" | "mark";
  id: string;
  camera: string;
  start: number;
  end: number | null;
  /** What it is called: labels, an export's name. */
  text: string;
}

/** How many there were on a day, where single ones are too many to be shown. */
export interface DayCount {
  /** "2026-11-30", in the zone that times are shown in. */
  day: string;
  alerts: number;
  detections: number;
}

export interface Motion {
  start_time: number;
  /** 0 to 100. */
  motion: number;
}

/** Values of motion, each of so many seconds. */
export interface MotionPart {
  scale: number;
  values: readonly Motion[];
}

export interface Gap {
  start_time: number;
  end_time: number;
}

/** All that is known of a camera within a view. */
export interface CameraContent {
  motion: MotionPart[];
  /** Spans without recordings, sorted. */
  gaps: Gap[];
  /** Spans of which it is not known yet whether there are recordings. */
  unknown: Gap[];
  items: Item[];
  days: DayCount[];
}

/** Join gaps that meet at the borders of tiles. */
export function joined(gaps: readonly Gap[], slack = 1.5): Gap[] {
  const found: Gap[] = [];
  for (const gap of [...gaps].sort((a, b) => a.start_time - b.start_time)) {
    const last = found.at(-1);
    if (last && gap.start_time <= last.end_time + slack) last.end_time = Math.max(last.end_time, gap.end_time);
    else found.push({ ...gap });
  }
  return found;
}

const STAMPS = /(\d{8})_(\d{6})-(\d{8})_(\d{6})/;

/** The seconds that an export shows, by the clock times in its file's name; null if it has none. */
export function exportLength(path: string): number | null {
  const found = STAMPS.exec(path);
  if (!found) return null;
  const [from, to] = [stamp(found[1]!, found[2]!), stamp(found[3]!, found[4]!)];
  return to > from ? to - from : null; // a clock may have been put back
}

function stamp(day: string, clock: string): number {
  const at = (text: string, from: number, to: number) => Number(text.slice(from, to));
  const seconds = [at(clock, 0, 2), at(clock, 2, 4), at(clock, 4, 6)] as const;
  return Date.UTC(at(day, 0, 4), at(day, 4, 6) - 1, at(day, 6, 8), ...seconds) / 1000;
}
