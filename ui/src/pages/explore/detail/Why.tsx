import { Skeleton } from "../../../components/states";
import { label, t } from "../../../i18n/i18n";
import { json } from "../../../lib/api";
import { zoneName } from "../../../lib/config";
import { useQuery } from "../../../lib/query";
import { clockSeconds } from "../../../lib/time";
import { number, percent } from "../../../lib/units";

interface Reasons {
  kept: boolean;
  camera: string;
  created_by: string | null;
  heard: { score: number; min_volume: number | null; threshold: number | null } | null;
  scores: {
    threshold: number;
    median: number;
    reached: [number, number][];
    detections: number;
    missed: number;
    false_place?: { more: number; evidence: number; asked: number };
  } | null;
  filters: { setting: string; value: number; limit: number | [number, number] | null; masks?: number }[];
  zones: {
    zone: string;
    entered_time: number | null;
    inside: number;
    inertia: number;
    longest_s: number;
    loitering_time: number;
  }[];
  decisions: { time: number; decision: string; setting: string; labels: string[] | null }[];
}

/** Why this is an event: what the recorder has weighed, with its figures. */
export function Why({ id }: { id: string }) {
  const asked = useQuery(`why ${id}`, (signal) =>
    json<Reasons>(`api/events/${encodeURIComponent(id)}/why`, { signal }),
  );
  if (asked.error) return null;
  const lines = asked.data ? sentences(asked.data) : [];
  return (
    <section>
      <h3>{t("explore.why")}</h3>
      {!asked.data && <Skeleton height={96} />}
      {asked.data && !lines.length && <p class="soft small">{t("explore.why.unknown")}</p>}
      <ul class="explore-why">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}

function sentences(why: Reasons): string[] {
  const { scores, heard } = why;
  const found: string[] = [];
  if (why.created_by) found.push(t("explore.why.by", { name: why.created_by }));
  if (heard) found.push(t("explore.why.heard", { score: percent(heard.score) }));
  if (scores) {
    const at = scores.reached.at(-1)?.[0];
    found.push(
      t("explore.why.median", {
        median: percent(scores.median, 1),
        threshold: percent(scores.threshold),
        time: at ? clockSeconds(at) : "–",
        scores: scores.reached.map(([, score]) => percent(score)).join(", "),
      }),
      t("explore.why.frames", { seen: scores.detections, missed: scores.missed }),
    );
    const place = scores.false_place;
    if (place) found.push(t("explore.why.place", { more: number(place.more, 1), asked: number(place.asked, 1) }));
  }
  for (const { setting, value, limit } of why.filters) {
    const shown = Array.isArray(limit) ? limit.join("–") : limit === null ? "–" : number(limit, 2);
    found.push(t("explore.why.filter", { setting, value: number(value, 2), limit: shown }));
  }
  for (const one of why.zones) {
    const word = one.entered_time === null ? "explore.why.notEntered" : "explore.why.entered";
    found.push(
      t(word, {
        zone: zoneName(why.camera, one.zone),
        time: one.entered_time === null ? "" : clockSeconds(one.entered_time),
        inside: one.inside,
        inertia: one.inertia,
        longest: number(one.longest_s, 1),
        loitering: number(one.loitering_time, 1),
      }),
    );
  }
  for (const { time, decision, setting, labels } of why.decisions) {
    if (!["alert", "detection", "clip", "snapshot"].includes(decision)) continue;
    found.push(
      t(`explore.why.${decision as "alert"}`, {
        time: clockSeconds(time),
        setting,
        labels: labels?.map(label).join(", ") ?? t("common.all"),
      }),
    );
  }
  return found;
}
