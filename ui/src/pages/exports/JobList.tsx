import { X } from "lucide";
import { Button } from "../../components/Button";
import { isWord, t } from "../../i18n/i18n";
import { request } from "../../lib/api";
import { cameraName } from "../../lib/config";
import { isAdmin } from "../../lib/session";
import { duration } from "../../lib/time";
import { percent } from "../../lib/units";
import type { ExportJob } from "./data";

const SEEN_S = 3600; // a failure is told for an hour

/** The exports that are being made, and those that have failed of late. */
export function JobList({ jobs, onChanged }: { jobs: ExportJob[]; onChanged: () => Promise<void> }) {
  const now = Date.now() / 1000;
  const shown = jobs.filter(
    ({ status, start_time }) =>
      status === "queued" || status === "running" || (status === "failed" && now - (start_time ?? 0) < SEEN_S),
  );
  if (!shown.length) return null;
  return (
    <ul class="exports-jobs card" aria-label={t("exports.jobs")}>
      {shown.map((job) => (
        <li key={job.id}>
          <div class="exports-job-text">
            <strong class="ellipsis">{job.name}</strong>
            <span class="soft small">
              {cameraName(job.camera)} · {duration(job.request_end_time - job.request_start_time)} · {said(job)}
            </span>
          </div>
          {job.status !== "failed" && (
            <>
              <progress max={100} value={job.progress_percent} aria-label={job.name} />
              <span class="figures small">{percent(job.progress_percent / 100)}</span>
              {isAdmin.value && (
                <Button
                  kind="quiet"
                  icon={X}
                  label={t("exports.cancel", { name: job.name })}
                  onClick={async () => {
                    await request(`api/jobs/export/${job.id}`, { method: "DELETE" });
                    await onChanged();
                  }}
                />
              )}
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

function said({ status, error_message, current_step }: ExportJob): string {
  if (status === "failed") return error_message ?? t("common.failed");
  const word = `exports.step.${current_step}`;
  return isWord(word) ? t(word) : current_step;
}
