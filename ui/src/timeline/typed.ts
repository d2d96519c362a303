/** Times as people type them. */
import { fromWallIn, midnightIn, type Wall, wallIn } from "../lib/zone";

const DAY = /^(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})\.(\d{1,2})\.(\d{4})?|(\d{1,2})\/(\d{1,2})\/(\d{4}))$/;
const CLOCK = /^(\d{1,2})(?::(\d{2}))?(?::(\d{2})(?:[.,](\d{1,3}))?)?\s*(am|pm)?$/i;
const WORDS: Record<string, number> = { today: 0, yesterday: -1, heute: 0, gestern: -1, vorgestern: -2 };
const NOW = ["now", "jetzt"];
const WEEKDAYS = [
  ["sunday", "sun", "sonntag", "so"],
  ["monday", "mon", "montag", "mo"],
  ["tuesday", "tue", "dienstag", "di"],
  ["wednesday", "wed", "mittwoch", "mi"],
  ["thursday", "thu", "donnerstag", "do"],
  ["friday", "fri", "freitag", "fr"],
  ["saturday", "sat", "samstag", "sa"],
];
const BACK = /^-\s*(\d+(?:[.,]\d+)?)\s*(s|sec|m|min|h|d)$/;
const UNITS: Record<string, number> = { s: 1, sec: 1, m: 60, min: 60, h: 3600, d: 86_400 };

/** The moment that `text` names, in epoch s, seen from `now` in `zone`; null if it names none.
 *
 * Understood are "14:35", "14:35:20.5", "2:35 pm", "yesterday 14:00", "Mon 8:15", "2026-11-29 08:15", "29.11. 8:15",
 * ISO times, "now", "-5 min" and epoch seconds. A clock's time without a day is the last one that is over.
 */
export function parseTime(text: string, now: number, zone: string): number | null {
  const typed = text.trim().toLowerCase();
  if (!typed) return null;
  if (NOW.includes(typed)) return now;
  const back = BACK.exec(typed);
  if (back) return now - Number((back[1] as string).replace(",", ".")) * (UNITS[back[2] as string] as number);
  if (/^\d{9,10}(\.\d+)?$/.test(typed)) return Number(typed);
  if (/^\d{4}-\d{2}-\d{2}t.*(z|[+-]\d{2}:?\d{2})$/.test(typed)) return finite(Date.parse(typed.toUpperCase()) / 1000);
  return byClock(
    typed
      .replace(/(\d)t(\d)/, "$1 $2")
      .replace(/,?\s+(?:at|um)\s+/, " ")
      .replace(/\s*uhr$/, ""),
    now,
    zone,
  );
}

function byClock(typed: string, now: number, zone: string): number | null {
  const [first = "", ...more] = typed.split(/[\s,]+(?!am|pm)/);
  const day = dayOf(first, now, zone);
  if (!day) {
    const clock = more.length ? null : clockOf(typed);
    if (!clock) return null;
    const today = wallIn(zone, now);
    const at = fromWallIn(zone, { ...today, ...clock });
    return at <= now ? at : fromWallIn(zone, { ...today, ...clock, day: today.day - 1 });
  }
  const clock = more.length ? clockOf(more.join(" ")) : { hour: 0, minute: 0, second: 0 };
  return clock && fromWallIn(zone, { ...day, ...clock });
}

function dayOf(word: string, now: number, zone: string): Pick<Wall, "year" | "month" | "day"> | null {
  const back = WORDS[word];
  if (back !== undefined) return wallIn(zone, midnightIn(zone, now, back));
  const today = wallIn(zone, now);
  const weekday = WEEKDAYS.findIndex((names) => names.includes(word.replace(/\.$/, "")));
  if (weekday >= 0) {
    const is = new Date(Date.UTC(today.year, today.month - 1, today.day)).getUTCDay();
    return wallIn(zone, midnightIn(zone, now, -((is - weekday + 7) % 7)));
  }
  const found = DAY.exec(word);
  if (!found) return null;
  const [, y1, m1, d1, d2, m2, y2, m3, d3, y3] = found;
  const [month, day] = [Number(m1 ?? m2 ?? m3), Number(d1 ?? d2 ?? d3)];
  const given = y1 ?? y2 ?? y3;
  const past = month < today.month || (month === today.month && day <= today.day);
  const year = given ? Number(given) : today.year - (past ? 0 : 1); // the last such day
  const real = new Date(Date.UTC(year, month - 1, day));
  return real.getUTCMonth() === month - 1 && real.getUTCDate() === day ? { year, month, day } : null;
}

function clockOf(text: string): Pick<Wall, "hour" | "minute" | "second"> | null {
  const found = CLOCK.exec(text);
  if (!found) return null;
  const [, h, m, s, fraction, half] = found;
  if (m === undefined && !half) return null;
  let hour = Number(h);
  if (half) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half === "pm" ? 12 : 0);
  }
  const minute = Number(m ?? 0);
  const whole = Number(s ?? 0);
  if (hour > 23 || minute > 59 || whole > 59) return null;
  return { hour, minute, second: whole + Number(`0.${fraction ?? 0}`) };
}

const finite = (at: number) => (Number.isFinite(at) ? at : null);
