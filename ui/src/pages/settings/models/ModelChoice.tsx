import { useSignal } from "@preact/signals";
import { Download, X } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "../../../components/Button";
import { Trouble } from "../../../components/states";
import { t, type Word } from "../../../i18n/i18n";
import { json } from "../../../lib/api";
import { loadConfig } from "../../../lib/config";
import { toast, toastError } from "../../../lib/toasts";
import { percent, size } from "../../../lib/units";
import { goes, type Job, type KnownModel, type Models, untilEnd } from "./use";
import "./models.css";

interface Props {
  models: Models;
  onChanged: () => Promise<void>;
}

/** The models that can be installed by name; one at a time is. Used by the settings and the wizard. */
export function ModelChoice({ models, onChanged }: Props) {
  const job = useSignal<Job | null>(null);
  const failed = useSignal<unknown>(null);
  const abort = useRef(new AbortController());
  useEffect(() => {
    abort.current = new AbortController();
    return () => abort.current.abort();
  }, []);
  const follow = async (id: string) => {
    const ended = await untilEnd(id, (state) => (job.value = state), abort.current.signal);
    if (abort.current.signal.aborted) return;
    job.value = null;
    if (ended.status === "failed") failed.value = new Error(ended.error_message || t("common.failed"));
    if (ended.status === "success") toast(t("settings.models.done", { name: ended.name ?? "" }));
    await Promise.all([onChanged(), loadConfig()]);
  };
  useEffect(() => {
    // One may have been begun before, or elsewhere.
    json<{ jobs: Job[] }>("api/jobs?kind=model&live=true&limit=1").then(
      ({ jobs: [first] }) => {
        if (!first || !goes(first)) return;
        follow(first.id).catch((error: unknown) => abort.current.signal.aborted || toastError(error));
      },
      () => {},
    );
  }, []);
  const install = async (name: string) => {
    failed.value = null;
    try {
      const answer = await json<{ job: Job }>("api/models", { method: "POST", body: { name, use: true } });
      job.value = answer.job;
      await follow(answer.job.id);
    } catch (error) {
      if (!abort.current.signal.aborted) failed.value = error;
    }
  };
  const cancel = (id: string) => json(`api/jobs/${encodeURIComponent(id)}`, { method: "DELETE" });
  return (
    <div class="stack">
      {failed.value ? <Trouble error={failed.value} /> : null}
      {job.value && (
        <div class="card card-body" role="status">
          <div class="row apart">
            <strong>{t("settings.models.installing", { name: job.value.name ?? "" })}</strong>
            <Button icon={X} onClick={() => cancel((job.value as Job).id)}>
              {t("common.cancel")}
            </Button>
          </div>
          <progress max={100} value={job.value.progress_percent ?? undefined} />
          <span class="small soft figures">
            {step(job.value)} {job.value.progress_percent ? percent(job.value.progress_percent / 100) : ""}
          </span>
        </div>
      )}
      <ul class="models-known">
        {models.known.map((model) => (
          <Model key={model.name} model={model} busy={job.value !== null} inUse={models.in_use.includes(model.name)}>
            {install}
          </Model>
        ))}
      </ul>
    </div>
  );
}

interface ModelProps {
  model: KnownModel;
  busy: boolean;
  inUse: boolean;
  children: (name: string) => Promise<void>;
}

function Model({ model, busy, inUse, children: install }: ModelProps) {
  return (
    <li class="card card-body">
      <div class="row apart">
        <h4 class="models-name">{model.name}</h4>
        {inUse ? (
          <span class="badge good">{t("settings.models.inUse")}</span>
        ) : (
          model.installed && <span class="badge">{t("settings.models.isInstalled")}</span>
        )}
      </div>
      <p class="small">{model.about}</p>
      <p class="small soft figures">
        {model.width}×{model.height} · {size(model.size_bytes)} ·{" "}
        {t("settings.models.precision", { share: percent(model.precision / 100, 1) })} · {model.licence}
      </p>
      {!model.installed && (
        <div class="row">
          <Button icon={Download} disabled={busy} onClick={() => install(model.name)}>
            {t("settings.models.install")}
          </Button>
        </div>
      )}
    </li>
  );
}

const STEPS = ["downloading", "trying", "configuring", "checking", "queued"];

function step({ current_step, status }: Job): string {
  const word = current_step || status;
  return STEPS.includes(word) ? t(`settings.models.step.${word}` as Word) : word;
}
