import { ImageOff } from "lucide";
import { Icon } from "../../../components/Icon";
import { label, t } from "../../../i18n/i18n";
import { address } from "../../../lib/api";
import { zoneName } from "../../../lib/config";
import { clockSeconds, duration } from "../../../lib/time";
import { percent } from "../../../lib/units";
import type { TrialEvent } from "./types";

interface Props {
  camera: string;
  job: string;
  event: TrialEvent;
  /** What it was with the settings in force. */
  before?: TrialEvent;
}

export function EventCard({ camera, job, event, before }: Props) {
  const picture = `api/${encodeURIComponent(camera)}/try/${encodeURIComponent(job)}/${encodeURIComponent(event.id)}.jpg`;
  const lasts = (one: TrialEvent) => (one.end_time === null ? "" : duration(one.end_time - one.start_time));
  return (
    <li class="trial-event card">
      <div class="trial-picture">
        {event.has_thumbnail ? (
          <img src={address(picture)} alt={label(event.label)} loading="lazy" />
        ) : (
          <Icon icon={ImageOff} />
        )}
      </div>
      <div class="trial-facts">
        <span class="row">
          <strong>{label(event.label)}</strong>
          {event.severity && (
            <span class={`badge ${event.severity}`}>
              {t(event.severity === "alert" ? "settings.try.alert" : "settings.try.detection")}
            </span>
          )}
        </span>
        <span class="small soft figures">
          {clockSeconds(event.start_time)} · {lasts(event)} · {percent(event.score)}
        </span>
        {(event.zones ?? []).length > 0 && (
          <span class="small soft">{event.zones.map((zone) => zoneName(camera, zone)).join(", ")}</span>
        )}
        {before && (
          <span class="small">
            {t("settings.try.was")} {clockSeconds(before.start_time)} · {lasts(before)} · {percent(before.score)}
            {before.zones?.length ? ` · ${before.zones.map((zone) => zoneName(camera, zone)).join(", ")}` : ""}
          </span>
        )}
        {(event.reasons ?? []).map((reason) => (
          <span key={reason.setting + reason.text} class="small">
            {reason.text}
          </span>
        ))}
      </div>
    </li>
  );
}
