import { ChevronLeft, ChevronRight } from "lucide";
import { useRef, useState } from "preact/hooks";
import { Button } from "../components/Button";
import { language, t } from "../i18n/i18n";
import { json } from "../lib/api";
import { useQuery } from "../lib/query";
import { fromWall, fullDay, wall, zone } from "../lib/time";
import { type Day, dayKey, firstOf, later, weekStart, weeks } from "./month";

interface Props {
  at: number;
  cameras: readonly string[];
  onDay: (day: Day) => void;
}

/** A month; days with recordings are marked. Arrows move by days and weeks. */
export function Calendar({ at, cameras, onDay }: Props) {
  const now = wall(at);
  const [first, setFirst] = useState(firstOf(now));
  const grid = useRef<HTMLTableElement>(null);
  const names = cameras.join(",");
  const path = `api/recordings/summary?cameras=${encodeURIComponent(names)}&timezone=${encodeURIComponent(zone.value)}`;
  const { data } = useQuery(`days ${path}`, (signal) => json<Record<string, boolean>>(path, { signal }));
  const today = dayKey(wall(Date.now() / 1000));
  const start = weekStart(language.value);
  const title = text({ month: "long", year: "numeric" }, first);

  const move = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    const key = (event.target as HTMLElement).dataset.day;
    if (!by || !key) return;
    event.preventDefault();
    const [year = 0, month = 1, day = 1] = key.split("-").map(Number);
    const to = later({ year, month, day }, by);
    setFirst(firstOf(to));
    requestAnimationFrame(() => grid.current?.querySelector<HTMLElement>(`[data-day="${dayKey(to)}"]`)?.focus());
  };

  return (
    <div class="timeline-calendar">
      <div class="row apart">
        <Button
          kind="quiet"
          icon={ChevronLeft}
          label={t("timeline.previousMonth")}
          onClick={() => setFirst(firstOf(first, -1))}
        />
        <strong aria-live="polite">{title}</strong>
        <Button
          kind="quiet"
          icon={ChevronRight}
          label={t("timeline.nextMonth")}
          onClick={() => setFirst(firstOf(first, 1))}
        />
      </div>
      <table ref={grid} aria-label={t("timeline.calendar")} onKeyDown={move}>
        <thead>
          <tr>
            {Array.from({ length: 7 }, (_, index) => (
              // The 1st of November 2026 is a Sunday.
              <th key={index} scope="col" class="small">
                {text({ weekday: "short" }, { year: 2026, month: 11, day: 1 + start + index })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks(first, start).map((week, index) => (
            <tr key={index}>
              {week.map((day, column) => (
                <td key={column}>
                  {day && (
                    <DayButton
                      day={day}
                      recorded={Boolean(data?.[dayKey(day)])}
                      current={dayKey(day) === dayKey(now)}
                      future={dayKey(day) > today}
                      onDay={onDay}
                    />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface DayProps {
  day: Day;
  recorded: boolean;
  current: boolean;
  future: boolean;
  onDay: (day: Day) => void;
}

function DayButton({ day, recorded, current, future, onDay }: DayProps) {
  const full = fullDay(fromWall({ ...day, hour: 12 }));
  return (
    <button
      type="button"
      class={recorded ? "timeline-day recorded" : "timeline-day"}
      data-day={dayKey(day)}
      disabled={future}
      aria-current={current ? "date" : undefined}
      aria-label={recorded ? t("timeline.recorded", { day: full }) : full}
      onClick={() => onDay(day)}
    >
      {day.day}
    </button>
  );
}

function text(options: Intl.DateTimeFormatOptions, { year, month, day }: Day): string {
  const format = new Intl.DateTimeFormat(language.value, { timeZone: "UTC", ...options });
  return format.format(Date.UTC(year, month - 1, day));
}
