/** Rows by the day on which they begin. */
import { t } from "../i18n/i18n";
import { dayName, isoDay, midnight } from "./time";

export interface DayOf<T> {
  /** "2026-11-30" */
  key: string;
  /** "Today", or "Mon, 30 Nov". */
  title: string;
  rows: T[];
}

/** Group rows that are sorted by time. */
export function byDay<T extends { start_time: number }>(rows: readonly T[]): DayOf<T>[] {
  const days: DayOf<T>[] = [];
  let begin = Number.NaN;
  let end = Number.NaN;
  const today = midnight(Date.now() / 1000);
  for (const row of rows) {
    if (!(row.start_time >= begin && row.start_time < end)) {
      begin = midnight(row.start_time);
      end = midnight(row.start_time, 1);
      const name = begin === today ? t("common.today") : end === today ? t("common.yesterday") : dayName(begin);
      days.push({ key: isoDay(begin), title: name, rows: [] });
    }
    days.at(-1)?.rows.push(row);
  }
  return days;
}
