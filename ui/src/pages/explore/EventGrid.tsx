import { Archive, Film } from "lucide";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { label, t } from "../../i18n/i18n";
import { address } from "../../lib/api";
import { cameraName } from "../../lib/config";
import { byDay } from "../../lib/days";
import type { PagedList } from "../../lib/paged-list";
import { setQuery } from "../../lib/router";
import { clockSeconds, dayName, duration, isoDay } from "../../lib/time";
import { percent } from "../../lib/units";
import type { EventRow } from "./event";

interface Props {
  list: PagedList<EventRow>;
  onOpen: (event: EventRow) => void;
}

/** The events of a list, by day if they are sorted so; more come as the end is scrolled to. */
export function EventGrid({ list, onOpen }: Props) {
  const rows = list.rows.value;
  const days = useMemo(() => (list.byDate ? byDay(rows) : [{ key: "all", title: "", rows }]), [rows, list]);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const seen = new IntersectionObserver(([entry]) => entry?.isIntersecting && void list.more(), {
      rootMargin: "1200px",
    });
    if (end.current) seen.observe(end.current);
    return () => seen.disconnect();
  }, [list, rows.length]);
  const last = rows.at(-1);

  return (
    <>
      {days.map(({ key, title, rows: found }) => (
        <section key={key} class="explore-day" aria-label={title || t("nav.explore")}>
          {title && <h2>{title}</h2>}
          <ul class="explore-grid">
            {found.map((event) => (
              <EventCard key={event.id} event={event} onOpen={onOpen} />
            ))}
          </ul>
        </section>
      ))}
      {list.loading.value && !rows.length && (
        <ul class="explore-grid" aria-hidden="true">
          {Array.from({ length: 12 }, (_, n) => (
            <li key={n} class="explore-card skeleton" />
          ))}
        </ul>
      )}
      {list.full && list.byDate && last && (
        <Button class="explore-on" onClick={() => setQuery({ day: isoDay(last.start_time) }, { push: true })}>
          {t("explore.on", { day: dayName(last.start_time) })}
        </Button>
      )}
      <div ref={end} />
    </>
  );
}

function EventCard({ event, onOpen }: { event: EventRow; onOpen: (event: EventRow) => void }) {
  const { id, camera, start_time, end_time, data } = event;
  const score = data.top_score ?? data.score;
  const name = `${label(event.label)}${event.sub_label ? ` · ${event.sub_label}` : ""}`;
  return (
    <li>
      <button type="button" class="explore-card card" onClick={() => onOpen(event)}>
        <img
          src={address(`api/events/${encodeURIComponent(id)}/thumbnail.jpg`, end_time ? {} : { t: start_time })}
          alt=""
          loading="lazy"
          decoding="async"
          width={175}
          height={175}
        />
        <span class="explore-marks">
          {event.retain_indefinitely && <Icon icon={Archive} size={16} label={t("explore.retained")} />}
          {!event.has_clip && !end_time ? <span class="badge good">{t("explore.goesOn")}</span> : null}
        </span>
        <span class="explore-text">
          <strong class="ellipsis">{name}</strong>
          <span class="soft small ellipsis">
            {cameraName(camera)} · <time class="figures">{clockSeconds(start_time)}</time>
          </span>
          <span class="soft small figures">
            {end_time ? duration(end_time - start_time) : t("explore.goesOn")}
            {score ? ` · ${percent(score)}` : ""}
            {event.has_clip && <Icon icon={Film} size={14} />}
          </span>
        </span>
      </button>
    </li>
  );
}
