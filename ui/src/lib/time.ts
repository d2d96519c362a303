/** Times are epoch seconds. They are shown in the viewer's time zone or in the cameras', as chosen. */
import { computed } from "@preact/signals";
import { language } from "../i18n/i18n";
import { config } from "./config";
import { prefs } from "./prefs";
import { fromWallIn, midnightIn, type Wall, wallIn } from "./zone";

export const HOUR = 3600;
export const DAY = 86_400;

/** The IANA name of the time zone in which times are shown. */
export const zone = computed(() => {
  const viewers = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return prefs.value.zone === "camera" ? config.value?.ui.timezone || viewers : viewers;
});

// Not by `hour12`, which makes "24:05" of five past midnight in English.
const hourCycle = computed<"h12" | "h23" | undefined>(() => {
  const format = prefs.value.clock;
  return format === "browser" ? undefined : format === "12hour" ? "h12" : "h23";
});

const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const cycle = hourCycle.value;
  const all = {
    timeZone: zone.value,
    ...(cycle === undefined || !("hour" in options) ? {} : { hourCycle: cycle }),
    ...options,
  };
  const key = language.value + JSON.stringify(all);
  const found = formats.get(key) ?? new Intl.DateTimeFormat(language.value, all);
  formats.set(key, found);
  return found;
}

/** "14:05" */
export const clockTime = (at: number) => format({ hour: "numeric", minute: "2-digit" }).format(at * 1000);
/** "14:05:09" */
export const clockSeconds = (at: number) =>
  format({ hour: "numeric", minute: "2-digit", second: "2-digit" }).format(at * 1000);
/** "Mon, 30 Nov" */
export const dayName = (at: number) => format({ weekday: "short", day: "numeric", month: "short" }).format(at * 1000);
/** "30 Nov 2026" */
export const fullDay = (at: number) => format({ day: "numeric", month: "short", year: "numeric" }).format(at * 1000);
/** "30 Nov 2026, 14:05:09" */
export const fullTime = (at: number) =>
  format({
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "numeric",
    minute: "2-digit",
    second: "2-digit",
  }).format(at * 1000);

/** "14:05" of today, else with the day. */
export function shortTime(at: number, now = Date.now() / 1000): string {
  return sameDay(at, now) ? clockTime(at) : `${dayName(at)}, ${clockTime(at)}`;
}

/** "5 min ago" */
export function ago(at: number, now = Date.now() / 1000): string {
  const spent = Math.max(0, now - at);
  const relative = new Intl.RelativeTimeFormat(language.value, { style: "short", numeric: "auto" });
  if (spent < 60) return relative.format(-Math.round(spent), "second");
  if (spent < HOUR) return relative.format(-Math.round(spent / 60), "minute");
  if (spent < DAY) return relative.format(-Math.round(spent / HOUR), "hour");
  return relative.format(-Math.round(spent / DAY), "day");
}

/** "1:05:09", "5:09" or "9 s" */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export type { Wall };

/** What a clock on the wall shows at `at`. */
export const wall = (at: number): Wall => wallIn(zone.value, at);

/** When a clock on the wall shows this; fields may overflow, as `day + 1`. Of an hour that comes twice, the first. */
export const fromWall = (given: Partial<Wall> & Pick<Wall, "year" | "month" | "day">): number =>
  fromWallIn(zone.value, given);

/** The midnight before `at`, or `days` days after that. */
export const midnight = (at: number, days = 0): number => midnightIn(zone.value, at, days);

export const sameDay = (a: number, b: number) => midnight(a) === midnight(b);

/** "2026-11-30", as `input type=date` has it. */
export function isoDay(at: number): string {
  const { year, month, day } = wall(at);
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}
