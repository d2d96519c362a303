import { t } from "../../../i18n/i18n";
import { json } from "../../../lib/api";
import { useQuery } from "../../../lib/query";
import { href } from "../../../lib/router";
import { shortTime } from "../../../lib/time";
import type { Job } from "../models/use";
import { statusWord } from "./status";

/** What was tried with this camera within the last week. */
export function TrialList({ camera }: { camera: string }) {
  const found = useQuery(`settings/tries/${camera}`, (signal) =>
    json<{ tries: Job[] }>(`api/${encodeURIComponent(camera)}/try`, { signal }),
  );
  const tries = found.data?.tries ?? [];
  if (!tries.length) return null;
  return (
    <section class="settings-section">
      <h3>{t("settings.try.before")}</h3>
      <ul class="card settings-list">
        {tries.map((job) => (
          <li key={job.id}>
            <a class="grow" href={href("settings", { part: "try", camera, try: job.id })}>
              {job.request_start_time && job.request_end_time
                ? `${shortTime(job.request_start_time)} – ${shortTime(job.request_end_time)}`
                : job.name || job.id}
            </a>
            {job.start_time && <span class="small soft">{shortTime(job.start_time)}</span>}
            <span class={job.status === "failed" ? "badge alert" : job.status === "success" ? "badge good" : "badge"}>
              {statusWord(job)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
