import { t } from "../../../i18n/i18n";
import { json } from "../../../lib/api";
import { cameraName } from "../../../lib/config";
import { useQuery } from "../../../lib/query";
import { dayName, duration, fromWall, zone } from "../../../lib/time";
import { size } from "../../../lib/units";
import { percentCss } from "./Disks";

interface Day {
  day: string;
  cameras: Record<string, { bytes: number; seconds: number }>;
}

const SHOWN = 14;

/** How much was recorded on each of the last days. */
export function Days() {
  const found = useQuery(`settings/storage/days/${zone.value}`, (signal) =>
    json<{ days: Day[] }>(`api/storage/days?days=${SHOWN}&timezone=${encodeURIComponent(zone.value)}`, { signal }),
  );
  const days = found.data?.days ?? [];
  if (!days.length) return null;
  const bytes = (day: Day) => Object.values(day.cameras).reduce((sum, one) => sum + one.bytes, 0);
  const most = Math.max(...days.map(bytes), 1);
  return (
    <section class="card card-body">
      <h3>{t("settings.storage.days")}</h3>
      <div class="scroll-x">
        <table class="table storage-days">
          <thead>
            <tr>
              <th>{t("settings.storage.day")}</th>
              <th>{t("common.camera")}</th>
              <th class="number">{t("settings.storage.size")}</th>
            </tr>
          </thead>
          <tbody>
            {days.map((day) => (
              <tr key={day.day}>
                <td class="figures">{dayName(noon(day.day))}</td>
                <td>
                  <div class="meter" aria-hidden="true">
                    <div style={{ width: percentCss(bytes(day) / most) }} />
                  </div>
                  <span class="small soft">
                    {Object.entries(day.cameras)
                      .map(([name, one]) => `${cameraName(name)} ${duration(one.seconds)}`)
                      .join(" · ")}
                  </span>
                </td>
                <td class="number">{size(bytes(day))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function noon(day: string): number {
  const [year, month, date] = day.split("-").map(Number) as [number, number, number];
  return fromWall({ year, month, day: date, hour: 12 });
}
