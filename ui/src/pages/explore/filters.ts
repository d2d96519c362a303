/** The filters of the page: kept in its address, and turned into parameters of the interface. */
import { fromWall, zone } from "../../lib/time";

export const LISTS = ["cameras", "labels", "zones", "sub_labels"] as const;
export const FLAGS = ["favorites", "has_clip", "has_snapshot", "in_progress", "is_submitted"] as const;
export type ListName = (typeof LISTS)[number];
export type FlagName = (typeof FLAGS)[number];

export const SORTS = ["date_desc", "date_asc", "score_desc", "score_asc"] as const;
export type Sort = (typeof SORTS)[number];

export interface Filters {
  lists: Record<ListName, string[]>;
  flags: Partial<Record<FlagName, boolean>>;
  /** A day as "2026-11-30", or "". */
  day: string;
  /** Times of day between which events begin, as "22:00" and "06:00", or "". */
  from: string;
  to: string;
  /** The least score in percent; 0 for none. */
  score: number;
  words: string;
  sort: Sort;
}

/** Read them from the address. What cannot be read is left out. */
export function readFilters(query: URLSearchParams): Filters {
  const list = (name: string) => (query.get(name) ?? "").split(",").filter(Boolean);
  const sort = query.get("sort") as Sort;
  const time = (name: string) => (/^([01]\d|2[0-3]):[0-5]\d$/.test(query.get(name) ?? "") ? query.get(name)! : "");
  return {
    lists: { cameras: list("cameras"), labels: list("labels"), zones: list("zones"), sub_labels: list("sub_labels") },
    flags: Object.fromEntries(
      FLAGS.filter((name) => query.get(name) === "1" || query.get(name) === "0").map((name) => [
        name,
        query.get(name) === "1",
      ]),
    ),
    day: /^\d{4}-\d\d-\d\d$/.test(query.get("day") ?? "") ? query.get("day")! : "",
    from: time("from"),
    to: time("to"),
    score: Math.min(100, Math.max(0, Number(query.get("score")) || 0)),
    words: query.get("words") ?? "",
    sort: SORTS.includes(sort) ? sort : "date_desc",
  };
}

/** The parameters of the address for a changed list. */
export const joined = (values: string[]) => values.join(",") || null;

/** How many filters are set, words and day left out. */
export function count({ lists, flags, from, to, score }: Filters): number {
  const chosen = Object.values(lists).reduce((sum, one) => sum + one.length, 0);
  return chosen + Object.keys(flags).length + Number(Boolean(from || to)) + Number(score > 0);
}

/** The parameters of `/api/events` or, with words, `/api/events/search`. */
export function parameters({ lists, flags, day, from, to, score, words, sort }: Filters): Record<string, string> {
  const found: Record<string, string> = { include_thumbnails: "0", sort };
  for (const name of LISTS) if (lists[name].length) found[name] = lists[name].join(",");
  for (const [name, on] of Object.entries(flags)) found[name] = on ? "1" : "0";
  if (score) found.min_score = String(score / 100);
  if (from || to) Object.assign(found, { time_range: `${from || "00:00"},${to || "24:00"}`, timezone: zone.value });
  if (words) found.query = words;
  if (day) {
    const [year, month, date] = day.split("-").map(Number) as [number, number, number];
    found.after = String(fromWall({ year, month, day: date }) - 0.001);
    found.before = String(fromWall({ year, month, day: date + 1 }));
  }
  return found;
}
