import { X } from "lucide";
import { Icon } from "../../components/Icon";
import { label, t } from "../../i18n/i18n";
import { address, fileOf } from "../../lib/api";
import { cameraName } from "../../lib/config";
import { href } from "../../lib/router";
import { clockTime, shortTime } from "../../lib/time";
import { type Alert, dismiss } from "./alerts";

/** Alerts that nobody has looked at, above the pictures. */
export function AlertStrip({ alerts }: { alerts: Alert[] }) {
  return (
    <section class="live-alerts" aria-label={t("live.alerts")}>
      <ul>
        {alerts.map((alert) => (
          <Thumb key={alert.id} alert={alert} />
        ))}
      </ul>
    </section>
  );
}

function Thumb({ alert }: { alert: Alert }) {
  const { id, camera, start_time, end_time, thumb_path, data } = alert;
  const what = data.objects.map((name) => label(name.replace(/-verified$/, ""))).join(", ");
  const about = t("live.alertAt", { what, camera: cameraName(camera), time: shortTime(start_time) });
  return (
    <li class={end_time === null ? "live-alert going" : "live-alert"}>
      <a href={href("review", { item: id })} title={about}>
        <img
          src={address(fileOf(thumb_path))}
          alt={t("live.alertOf", { what, camera: cameraName(camera) })}
          loading="eager"
          decoding="async"
          onError={(event) => (event.currentTarget.hidden = true)}
        />
        <span class="ellipsis">{end_time === null ? t("common.now") : clockTime(start_time)}</span>
      </a>
      <button type="button" aria-label={t("live.dismiss", { what: about })} onClick={() => dismiss([id])}>
        <Icon icon={X} size={14} />
      </button>
    </li>
  );
}
