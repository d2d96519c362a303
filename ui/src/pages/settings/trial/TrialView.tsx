import { useSignal } from "@preact/signals";
import { ChevronLeft, Save, X } from "lucide";
import { Button } from "../../../components/Button";
import { Skeleton, Trouble } from "../../../components/states";
import { t } from "../../../i18n/i18n";
import { json } from "../../../lib/api";
import { cameraName } from "../../../lib/config";
import { useQuery } from "../../../lib/query";
import { href, navigate } from "../../../lib/router";
import { fullTime } from "../../../lib/time";
import { percent } from "../../../lib/units";
import { paths } from "../keys";
import { goes } from "../models/use";
import { saveCamera } from "../save";
import { forgetPending } from "./pending";
import { ResultView } from "./ResultView";
import { statusWord } from "./status";
import type { Trial } from "./types";

/** One trial: its progress, then what it has found. */
export function TrialView({ camera, id }: { camera: string; id: string }) {
  const path = `api/${encodeURIComponent(camera)}/try/${encodeURIComponent(id)}`;
  const ended = useSignal(false);
  const found = useQuery(`settings/try/${id}`, (signal) => json<Trial>(path, { signal }), {
    every: ended.value ? 0 : 1500,
  });
  const failed = useSignal<unknown>(null);
  const trial = found.data;
  if (trial && !goes(trial.job) && !ended.value) queueMicrotask(() => (ended.value = true));
  const save = async () => {
    failed.value = null;
    try {
      await saveCamera(camera, (trial as Trial).config);
      forgetPending(camera);
      navigate(href("settings", { part: "zones", camera }));
    } catch (error) {
      failed.value = error;
    }
  };
  const cancel = async () => {
    await json(`${path}/cancel`, { method: "POST" });
    await found.refresh();
  };
  if (found.error && !trial) return <Trouble error={found.error} onRetry={found.refresh} />;
  if (!trial) return <Skeleton height={240} />;
  const { job, result } = trial;
  const changes = trial.changes?.length ? trial.changes : paths(trial.config);
  return (
    <div class="trial">
      <div class="row">
        <Button icon={ChevronLeft} href={href("settings", { part: "try", camera })}>
          {t("settings.try.all")}
        </Button>
        <strong>{cameraName(camera)}</strong>
        {job.request_start_time && job.request_end_time && (
          <span class="soft small figures">
            {fullTime(job.request_start_time)} – {fullTime(job.request_end_time)}
          </span>
        )}
        <span class={job.status === "failed" ? "badge alert" : "badge"}>{statusWord(job)}</span>
      </div>
      <ul class="trial-changes small">
        {changes.map((line) => (
          <li key={line}>
            <code>{line}</code>
          </li>
        ))}
      </ul>
      {goes(job) && (
        <div class="card card-body" role="status">
          <progress max={100} value={job.progress_percent ?? undefined} aria-label={t("settings.try.progress")} />
          <div class="row apart">
            <span class="small soft figures">
              {t("settings.try.progress")} {job.progress_percent ? percent(job.progress_percent / 100) : ""}
            </span>
            <Button icon={X} onClick={cancel}>
              {t("common.cancel")}
            </Button>
          </div>
        </div>
      )}
      {job.status === "failed" && <Trouble error={new Error(job.error_message || t("common.failed"))} />}
      {result && <ResultView camera={camera} job={id} result={result} />}
      {failed.value ? <Trouble error={failed.value} /> : null}
      {result && (
        <div class="settings-foot">
          <span class="grow soft small">{t("settings.try.notSaved")}</span>
          <Button href={href("settings", { part: "zones", camera })}>{t("settings.try.edit")}</Button>
          <Button kind="main" icon={Save} onClick={save}>
            {t("settings.try.save")}
          </Button>
        </div>
      )}
    </div>
  );
}
