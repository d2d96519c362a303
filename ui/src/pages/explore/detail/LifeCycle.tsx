import { CircleDot } from "lucide";
import { Icon } from "../../../components/Icon";
import { Trouble } from "../../../components/states";
import { isWord, t } from "../../../i18n/i18n";
import { json } from "../../../lib/api";
import { zoneName } from "../../../lib/config";
import { useQuery } from "../../../lib/query";
import { clockSeconds } from "../../../lib/time";
import type { Entry, EventRow } from "../event";

/** What happened to the object, in order. A click shows the clip at that moment. */
export function LifeCycle({ event, onMoment }: { event: EventRow; onMoment: (at: number) => void }) {
  const path = `api/timeline?source_id=${encodeURIComponent(event.id)}&limit=200`;
  const asked = useQuery(`timeline ${event.id} ${event.end_time}`, (signal) => json<Entry[]>(path, { signal }));
  return (
    <section>
      <h3>{t("explore.life")}</h3>
      {asked.error && <Trouble error={asked.error} onRetry={asked.refresh} />}
      <ol class="explore-life">
        {asked.data?.map((entry, n) => (
          <li key={n}>
            <button type="button" disabled={!event.has_clip} onClick={() => onMoment(entry.timestamp)}>
              <Icon icon={CircleDot} size={16} />
              <time class="figures soft">{clockSeconds(entry.timestamp)}</time>
              <span>{said(entry, event.camera)}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

function said({ class_type, data }: Entry, camera: string): string {
  const word = `explore.life.${class_type}`;
  const zones = (data.zones ?? []).map((zone) => zoneName(camera, zone)).join(", ");
  return isWord(word) ? t(word, { zones, attribute: data.attribute ?? "" }) : class_type;
}
