/** The days of a month, in weeks that begin as the language's people are used to. */

export interface Day {
  year: number;
  month: number; // 1 to 12
  day: number;
}

/** "2026-11-30" */
export const dayKey = ({ year, month, day }: Day) =>
  `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;

/** A day so many days later. */
export function later({ year, month, day }: Day, days: number): Day {
  const at = new Date(Date.UTC(year, month - 1, day + days));
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() };
}

/** The first of a month so many months later. */
export function firstOf({ year, month }: Pick<Day, "year" | "month">, months = 0): Day {
  const at = new Date(Date.UTC(year, month - 1 + months, 1));
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: 1 };
}

/** On which day weeks begin: 0 Sunday, 1 Monday, 6 Saturday. */
export function weekStart(language: string): number {
  const locale = new Intl.Locale(language) as Intl.Locale & {
    getWeekInfo?: () => { firstDay: number };
    weekInfo?: { firstDay: number };
  };
  const info = locale.getWeekInfo?.() ?? locale.weekInfo;
  return (info?.firstDay ?? 1) % 7;
}

/** The weeks that a month touches, each of seven days; days of other months are null. */
export function weeks(first: Day, start: number): (Day | null)[][] {
  const weekday = new Date(Date.UTC(first.year, first.month - 1, 1)).getUTCDay();
  const found: (Day | null)[][] = [];
  for (let from = -((weekday - start + 7) % 7); ; from += 7) {
    const week = Array.from({ length: 7 }, (_, index) => later(first, from + index));
    if (found.length && week[0]?.month !== first.month) return found;
    found.push(week.map((day) => (day.month === first.month ? day : null)));
  }
}
