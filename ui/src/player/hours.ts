/** In which hours a camera was recorded: so that nothing is asked for where there is nothing. */
import { json } from "../lib/api";

interface Day {
  day: string;
  hours: { hour: string; duration: number }[];
}

const HOUR = 3600;
const FRESH_MS = 60_000;
const NEW_S = 2 * HOUR; // of this time something may have been recorded since

/** The starts (epoch s) of the hours with recordings, oldest first. */
export function hoursOf(days: readonly Day[]): number[] {
  return days
    .flatMap(({ day, hours }) => hours.map(({ hour }) => Date.parse(`${day}T${hour.padStart(2, "0")}:00:00Z`) / 1000))
    .sort((a, b) => a - b);
}

/** Whether there may be a recording in a span. Segments may begin in the hour before. */
export function recordedIn(hours: readonly number[], from: number, to: number, now: number): boolean {
  if (to > now - NEW_S && from <= now) return true;
  return hours.some((hour) => hour < to && hour + HOUR + 60 > from);
}

/** Where nothing is known of a span, the recorded hours before and after it end and begin its gap. */
export function widened(hours: readonly number[], [from, to]: readonly [number, number]): [number, number] {
  const before = hours.findLast((hour) => hour < from);
  const after = hours.find((hour) => hour + HOUR > to);
  return [
    before === undefined ? Number.NEGATIVE_INFINITY : Math.min(from, before + HOUR),
    after === undefined ? Number.POSITIVE_INFINITY : Math.max(to, after),
  ];
}

const known = new Map<string, { asked: number; hours: Promise<number[]> }>();

/** The hours with recordings of a camera; asked for again after a minute. */
export function recordedHours(camera: string): Promise<number[]> {
  const found = known.get(camera);
  if (found && Date.now() - found.asked < FRESH_MS) return found.hours;
  const path = `api/${encodeURIComponent(camera)}/recordings/summary?timezone=utc`;
  const hours = json<Day[]>(path).then(hoursOf);
  hours.catch(() => known.delete(camera));
  known.set(camera, { asked: Date.now(), hours });
  return hours;
}
