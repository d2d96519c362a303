import { t } from "../../../i18n/i18n";
import { percent, size } from "../../../lib/units";
import type { StorageUse } from "./use";
import { kindName } from "./words";

/** How full each disk is, and when it will be. */
export function Disks({ use: { disks, floor_bytes, growth_bytes_per_day, full_in_days } }: { use: StorageUse }) {
  return (
    <section class="storage-disks">
      {disks.map(({ path, holds, total_bytes, free_bytes }) => (
        <div key={path} class="card card-body">
          <div class="row apart">
            <code class="ellipsis">{path}</code>
            <span class="small soft">{holds.map(kindName).join(", ")}</span>
          </div>
          <div
            class="meter"
            role="meter"
            aria-label={t("settings.storage.used")}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round(100 * (1 - free_bytes / total_bytes))}
          >
            <div style={{ width: percentCss(1 - free_bytes / total_bytes) }} />
          </div>
          <p class="small figures">
            {t("settings.storage.free", {
              free: size(free_bytes),
              total: size(total_bytes),
              share: percent(1 - free_bytes / total_bytes),
            })}
          </p>
        </div>
      ))}
      <p class="storage-outlook">{outlook(growth_bytes_per_day, full_in_days)}</p>
      <p class="small soft">{t("settings.storage.floor", { size: size(floor_bytes) })}</p>
    </section>
  );
}

function outlook(growth: number | null, days: number | null): string {
  if (growth === null) return t("settings.storage.unknown");
  const daily = size(Math.abs(growth));
  if (growth <= 0 || days === null) return t("settings.storage.steady", { size: daily });
  if (days < 1) return t("settings.storage.fullToday", { size: daily });
  return t("settings.storage.fullIn", { size: daily, n: Math.round(days) });
}

export const percentCss = (share: number) => `${(100 * Math.min(1, share)).toFixed(2)}%`;
