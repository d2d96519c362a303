import { t } from "../../../i18n/i18n";
import { clockTime, duration } from "../../../lib/time";
import { EventCard } from "./EventCard";
import type { Result, TrialEvent } from "./types";

interface Props {
  camera: string;
  job: string;
  result: Result;
}

/** Events gained, lost and changed, side by side. */
export function ResultView({ camera, job, result }: Props) {
  const { gained = [], lost = [], changed = [], unchanged = [], missing = [] } = result;
  const dropped = result.dropped;
  return (
    <>
      <p class="figures">
        {t("settings.try.summary", {
          before: result.before.events,
          after: result.after.events,
          duration: duration(result.seconds),
        })}
        {result.detector && <span class="soft"> · {result.detector}</span>}
      </p>
      {missing.length > 0 && (
        <p class="small soft">
          {t("settings.try.missing")}{" "}
          {missing
            .slice(0, 5)
            .map((gap) => `${clockTime(gap.start_time)} – ${clockTime(gap.end_time)}`)
            .join(", ")}
        </p>
      )}
      <div class="trial-columns">
        <Column title={t("settings.try.gained")} kind="gained" count={gained.length + dropped.gained}>
          {gained.map((event) => (
            <EventCard key={event.id} camera={camera} job={job} event={event} />
          ))}
        </Column>
        <Column title={t("settings.try.lost")} kind="lost" count={lost.length + dropped.lost}>
          {lost.map((event) => (
            <EventCard key={event.id} camera={camera} job={job} event={event} />
          ))}
        </Column>
        <Column title={t("settings.try.changed")} kind="changed" count={changed.length + dropped.changed}>
          {changed.map(({ before, after }) => (
            <EventCard key={after.id} camera={camera} job={job} event={after} before={before} />
          ))}
        </Column>
      </div>
      <Unchanged
        camera={camera}
        job={job}
        events={unchanged}
        count={result.same || unchanged.length + dropped.unchanged}
      />
    </>
  );
}

interface ColumnProps {
  title: string;
  kind: string;
  count: number;
  children: preact.ComponentChild[];
}

function Column({ title, kind, count, children }: ColumnProps) {
  return (
    <section class={`trial-column ${kind}`}>
      <h3>
        {title} <span class="figures">{count}</span>
      </h3>
      {children.length === 0 && <p class="small soft">{t("settings.try.none")}</p>}
      <ul>{children}</ul>
      {count > children.length && <p class="small soft">{t("settings.try.dropped", { n: count - children.length })}</p>}
    </section>
  );
}

function Unchanged({
  camera,
  job,
  events,
  count,
}: {
  camera: string;
  job: string;
  events: TrialEvent[];
  count: number;
}) {
  if (!count) return null;
  return (
    <details class="trial-filter">
      <summary>{t("settings.try.unchanged", { n: count })}</summary>
      <ul class="trial-unchanged">
        {events.map((event) => (
          <EventCard key={event.id} camera={camera} job={job} event={event} />
        ))}
      </ul>
    </details>
  );
}
