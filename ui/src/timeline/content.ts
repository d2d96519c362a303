/** Asks for what the timeline shows, by camera and tile. */
import { label } from "../i18n/i18n";
import { address, json } from "../lib/api";
import { config } from "../lib/config";
import { isoDay, zone } from "../lib/time";
import {
  type CameraContent,
  type DayCount,
  exportLength,
  type Gap,
  type Item,
  joined,
  LANES,
  type Lane,
  type Motion,
} from "./items";
import type { View } from "./scale";
import { LEVELS, type Level, levelOf, TileCache, tilesOf } from "./tiles";

const PAST_MS = 600_000; // what is over rarely changes: something is deleted, or reviewed
const PAGE = 500; // items of one answer
const PAGES = 8; // of one tile at most
const COUNTED_DAYS = 30; // as many as the recorder counts
/** The types of the sensors of a small computer: each makes events with its name (docs/edge.md). */
const SENSORS =
  "reed_switch,mini_reed,hall_digital,hall_linear,pir,vibration,knock,sound_big,sound_small,light_gate,ir_proximity,tilt,tilt_ball,touch,button,mock";

interface ReviewItem {
  id: string;
  camera: string;
  severity: "alert" | "detection";
  start_time: number;
  end_time: number | null;
  data: { objects: string[]; audio: string[]; sub_labels: string[] };
}

interface EventItem {
  id: string;
  camera: string;
  label: string;
  sub_label: string | null;
  start_time: number;
  end_time: number | null;
}

interface ExportItem {
  id: string;
  camera: string;
  name: string;
  date: number;
  video_path: string;
}

/** Items of one camera. */
interface Group {
  camera: string;
  items: Item[];
}

/** Something that is asked for in tiles. */
interface Source<T> {
  key: string;
  load: (tile: View, level: Level, signal: AbortSignal) => Promise<T[]>;
}

/** The content of the timeline. What is missing is asked for; `changed` is called when it has come. */
export class Content {
  private readonly cache: TileCache;

  constructor(changed: () => void) {
    this.cache = new TileCache(changed);
  }

  /** Ask for nothing that the view has left. */
  moveOn(): void {
    this.cache.skipWaiting();
  }

  /** End all questions. */
  close(): void {
    this.cache.clear();
  }

  /** Return what is known of `camera` within `view`, and ask for the rest. `all` are all cameras of the timeline. */
  of(camera: string, all: readonly string[], view: View, lanes: readonly Lane[], now: number): CameraContent {
    const number = levelOf(view);
    const { items } = LEVELS[number] as Level;
    const found: CameraContent = { motion: [], gaps: [], unknown: [], items: [], days: [] };
    const tiles = tilesOf(view, number, now);
    for (const start of tiles) {
      const ask = <T>(source: Source<T>) => this.tile(source, number, start, now);
      const add = (source: Source<Group>) => {
        for (const { values } of ask(source)) {
          const mine = values.find((one) => one.camera === camera)?.items ?? [];
          // What lies across the border of two tiles is in both, and belongs to the first one that is seen.
          for (const item of mine) if (item.start >= start || start === tiles[0]) found.items.push(item);
        }
      };
      if (lanes.includes("recordings")) {
        const known = ask(gaps(camera));
        for (const { values } of known) found.gaps.push(...values);
        if (!known.length)
          found.unknown.push({ start_time: start, end_time: Math.min(now, start + LEVELS[number]!.tile) });
      }
      if (lanes.includes("motion")) found.motion.push(...ask(motion(camera)));
      if (items) add(reviews(all));
      if (lanes.includes("sensors")) add(sensors(all));
    }
    found.gaps = joined(found.gaps);
    if (!items && (lanes.includes("alerts") || lanes.includes("detections"))) found.days = this.days(camera);
    if (lanes.includes("exports")) found.items.push(...this.exports(camera, all, view));
    if (lanes.length < LANES.length) found.items = found.items.filter(({ kind }) => lanes.includes(LANE_OF[kind]));
    return found;
  }

  /** A tile of a source; while it comes, what is known of its span from nearer and farther views. */
  private tile<T>(source: Source<T>, number: number, start: number, now: number): { scale: number; values: T[] }[] {
    const level = LEVELS[number] as Level;
    const tile: View = [start, start + level.tile];
    const fresh = tile[1] > now ? Math.max(10_000, Math.min(60_000, level.scale * 100)) : PAST_MS;
    const load = (signal: AbortSignal) => source.load(tile, level, signal);
    const known = this.cache.get(`${source.key} ${number} ${start}`, fresh, load);
    if (known) return [{ scale: level.scale, values: known }];
    for (const other of [number + 1, number + 2, number - 1]) {
      const { scale } = LEVELS[other] ?? {};
      if (scale === undefined) continue;
      const parts = tilesOf([tile[0], tile[1] - 1], other, now)
        .map((at) => this.cache.peek<T[]>(`${source.key} ${other} ${at}`))
        .filter((one) => one !== undefined);
      if (parts.length) return parts.map((values) => ({ scale, values: values.filter((one) => within(one, tile)) }));
    }
    return [];
  }

  private days(camera: string): DayCount[] {
    const load = async (signal: AbortSignal) => {
      const answer = await get<Record<string, { day?: string; total_alert: number; total_detection: number }>>(
        "api/review/summary",
        { cameras: camera, timezone: zone.peek() },
        signal,
      );
      return Object.values(answer).flatMap(({ day, total_alert, total_detection }) =>
        day ? [{ day, alerts: total_alert, detections: total_detection }] : [],
      );
    };
    const today = isoDay(Date.now() / 1000); // days are counted back from it
    return (this.cache.get(`days ${camera} ${zone.peek()} ${today}`, 60_000, load) ?? []).slice(0, COUNTED_DAYS + 1);
  }

  private exports(camera: string, all: readonly string[], [from, to]: View): Item[] {
    const load = async (signal: AbortSignal) =>
      (await get<ExportItem[]>("api/exports", { cameras: all.join(",") }, signal)).map(ofExport);
    const known = this.cache.get(`exports ${all}`, 30_000, load) ?? [];
    return known.filter((one) => one.camera === camera && one.start < to && (one.end ?? one.start) >= from);
  }
}

const LANE_OF = {
  alert: "alerts",
  detection: "detections",
  sensor: "sensors",
  export: "exports",
  mark: "alerts",
} as const;

const gaps = (camera: string): Source<Gap> => ({
  key: `gaps ${camera}`,
  load: ([after, end], { gap }, signal) => {
    const before = Math.min(end, Date.now() / 1000);
    return get("api/recordings/unavailable", { cameras: camera, after, before, scale: gap }, signal);
  },
});

const motion = (camera: string): Source<Motion> => ({
  key: `motion ${camera}`,
  load: ([after, before], { scale }, signal) =>
    get("api/review/activity/motion", { cameras: camera, after, before, scale }, signal),
});

const reviews = (all: readonly string[]): Source<Group> => ({
  key: `reviews ${all}`,
  load: async (tile, level, signal) => (level.items ? grouped(await paged(all, tile, signal)) : []),
});

const sensors = (all: readonly string[]): Source<Group> => ({
  key: `sensors ${all}`,
  load: async ([after, before], _level, signal) => {
    const labels = [SENSORS, ...all.flatMap(sounds)].join(",");
    const asked = { cameras: all.join(","), labels, after, before, limit: 1000, include_thumbnails: 0 };
    return grouped((await get<EventItem[]>("api/events", asked, signal)).map(ofEvent));
  },
});

/** Ask for all review items of a tile, page by page: a day may have more than one answer should carry. */
async function paged(all: readonly string[], [after, before]: View, signal: AbortSignal): Promise<Item[]> {
  const found: Item[] = [];
  let last = before;
  for (let page = 0; page < PAGES; page += 1) {
    const asked = { cameras: all.join(","), after, before: last, limit: PAGE };
    const answer = await get<ReviewItem[]>("api/review", asked, signal);
    found.push(...answer.map(ofReview));
    if (answer.length < PAGE) break;
    last = (answer.at(-1) as ReviewItem).start_time;
  }
  return found;
}

/** What is listened for at a camera: sounds are drawn like sensors. */
function sounds(camera: string): string[] {
  const { audio } = config.peek()?.cameras[camera] ?? {};
  return audio?.enabled && Array.isArray(audio.listen) ? (audio.listen as string[]) : [];
}

function ofReview({ id, camera, severity, start_time, end_time, data }: ReviewItem): Item {
  const names = [...new Set([...data.objects.map((one) => one.replace(/-verified$/, "")), ...data.audio])];
  const text = [...data.sub_labels, ...names.map(label)].join(", ");
  return { kind: severity, id, camera, start: start_time, end: end_time, text };
}

function ofEvent({ id, camera, label: name, sub_label, start_time, end_time }: EventItem): Item {
  const text = [label(name), sub_label].filter(Boolean).join(": ");
  return { kind: "sensor", id, camera, start: start_time, end: end_time, text };
}

function ofExport({ id, camera, name, date, video_path }: ExportItem): Item {
  return { kind: "export", id, camera, start: date, end: date + (exportLength(video_path) ?? 0), text: name };
}

/** Sort items by camera once, as there may be thousands, and each row is drawn often. */
function grouped(items: Item[]): Group[] {
  const found = new Map<string, Item[]>();
  for (const item of items) {
    const mine = found.get(item.camera);
    if (mine) mine.push(item);
    else found.set(item.camera, [item]);
  }
  return [...found].map(([camera, mine]) => ({ camera, items: mine }));
}

/** Whether a value of another level belongs to a tile; groups are cut when they are read. */
function within(value: unknown, [from, to]: View): boolean {
  const { start_time, end_time = start_time } = value as Partial<Gap>;
  return start_time === undefined || ((end_time as number) >= from && start_time < to);
}

const get = <T>(path: string, parameters: Record<string, string | number>, signal: AbortSignal) =>
  json<T>(address(path, parameters), { signal });
