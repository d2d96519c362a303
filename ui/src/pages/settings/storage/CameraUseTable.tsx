import { t } from "../../../i18n/i18n";
import { cameraName } from "../../../lib/config";
import { size } from "../../../lib/units";
import { percentCss } from "./Disks";
import { type CameraUse, shares } from "./use";

const KINDS = ["recordings", "exports", "previews", "snapshots", "thumbnails"] as const;

/** What each camera has stored; the longest bar is the camera with the most. */
export function CameraUseTable({ cameras }: { cameras: Record<string, CameraUse> }) {
  const all = Object.entries(cameras).sort(([, a], [, b]) => b.total_bytes - a.total_bytes);
  const most = all[0]?.[1].total_bytes ?? 0;
  if (!all.length) return null;
  return (
    <section class="card card-body">
      <h3>{t("settings.storage.cameras")}</h3>
      <ul class="stack">
        {all.map(([name, use]) => (
          <li key={name} class="storage-camera">
            <div class="row apart">
              <span class="row">
                <strong>{cameraName(name)}</strong>
                {!use.configured && <span class="badge">{t("settings.storage.removed")}</span>}
              </span>
              <span class="small figures">
                {size(use.total_bytes)}
                {use.bytes_per_hour > 0 && (
                  <span class="soft"> · {t("settings.storage.perHour", { size: size(use.bytes_per_hour) })}</span>
                )}
              </span>
            </div>
            <div
              class="storage-bar"
              aria-hidden="true"
              style={{ width: percentCss(most ? use.total_bytes / most : 0) }}
            >
              {shares(Object.fromEntries(KINDS.map((kind) => [kind, use[`${kind}_bytes`]])), 0).map((one) => (
                <div key={one.name} class={`storage-part ${one.name}`} style={{ width: percentCss(one.share) }} />
              ))}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
