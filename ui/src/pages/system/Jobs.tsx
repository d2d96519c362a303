import { ListChecks, X } from "lucide";
import { useEffect } from "preact/hooks";
import { Button } from "../../components/Button";
import { Empty, Skeleton, Trouble } from "../../components/states";
import { isWord, t } from "../../i18n/i18n";
import { json, request } from "../../lib/api";
import { cameraName } from "../../lib/config";
import { useQuery } from "../../lib/query";
import { listen } from "../../lib/socket";
import { duration, shortTime } from "../../lib/time";
import { percent } from "../../lib/units";

interface Job {
  id: string;
  job_type: string;
  status: "queued" | "running" | "success" | "failed" | "cancelled";
  camera: string | null;
  name: string | null;
  owner: string | null;
  created_at: number;
  start_time: number | null;
  end_time: number | null;
  error_message: string | null;
  current_step: string | null;
  progress_percent: number;
}

const BADGES = { queued: "", running: "export", success: "good", failed: "alert", cancelled: "" } as const;

/** What is done in the background, and was done within a week. */
export function Jobs() {
  const asked = useQuery("jobs", (signal) => json<{ jobs: Job[] }>("api/jobs?limit=100", { signal }), {
    every: 20_000,
  });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ends = listen("job_state", () => {
      clearTimeout(timer);
      timer = setTimeout(() => void asked.refresh(), 300);
    });
    return () => {
      clearTimeout(timer);
      ends();
    };
  }, []);
  const jobs = asked.data?.jobs;
  if (asked.error && !jobs) return <Trouble error={asked.error} onRetry={asked.refresh} />;
  if (!jobs) return <Skeleton height={240} />;
  if (!jobs.length) return <Empty icon={ListChecks} title={t("system.noJobs")} />;
  return (
    <ul class="card system-jobs">
      {jobs.map((job) => (
        <JobRow key={job.id} job={job} onChanged={asked.refresh} />
      ))}
    </ul>
  );
}

function JobRow({ job, onChanged }: { job: Job; onChanged: () => Promise<void> }) {
  const kind = `system.job.${job.job_type}`;
  const title = isWord(kind) ? t(kind) : job.job_type.replaceAll("_", " ");
  const lives = job.status === "queued" || job.status === "running";
  const took = job.start_time && job.end_time ? duration(job.end_time - job.start_time) : "";
  return (
    <li>
      <div class="system-job-text">
        <strong class="ellipsis">
          {title}
          {job.name ? `: ${job.name}` : ""}
        </strong>
        <span class="soft small">
          {[job.camera && cameraName(job.camera), shortTime(job.created_at), took, job.owner]
            .filter(Boolean)
            .join(" · ")}
        </span>
        {job.error_message && <span class="small system-failure">{job.error_message}</span>}
      </div>
      {job.status === "running" && <progress max={100} value={job.progress_percent} aria-label={title} />}
      <span class={`badge ${BADGES[job.status]}`}>
        {job.status === "running" ? percent(job.progress_percent / 100) : t(`system.status.${job.status}`)}
      </span>
      {lives && (
        <Button
          kind="quiet"
          icon={X}
          label={t("system.cancel", { name: title })}
          onClick={async () => {
            await request(`api/jobs/${job.id}`, { method: "DELETE" });
            await onChanged();
          }}
        />
      )}
    </li>
  );
}
