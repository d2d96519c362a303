import { useState } from "preact/hooks";
import { t } from "../i18n/i18n";
import { json } from "../lib/api";
import { cameraName } from "../lib/config";
import { useQuery } from "../lib/query";
import { href } from "../lib/router";
import { duration, shortTime } from "../lib/time";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Field, Select } from "./Field";

interface Props {
  camera: string;
  start: number;
  end: number;
  onClose: () => void;
}

interface Job {
  id: string;
  status: "queued" | "running" | "success" | "failed" | "cancelled";
  progress_percent: number | null;
  error_message: string | null;
}

type Playback = "realtime" | "timelapse_25x";
const ASK_MS = 1000;

/** Keeps a span of a camera as a file, which no retention deletes. */
export function ExportDialog({ camera, start, end, onClose }: Props) {
  const [id, setId] = useState<string | null>(null);
  const span = `${cameraName(camera)}, ${shortTime(start)} (${duration(end - start)})`;
  return (
    <Dialog title={t("exporting.title")} onClose={onClose}>
      <p class="soft">{span}</p>
      {id ? <Progress id={id} onClose={onClose} /> : <Form {...{ camera, start, end, onClose }} onStarted={setId} />}
    </Dialog>
  );
}

function Form({ camera, start, end, onClose, onStarted }: Props & { onStarted: (id: string) => void }) {
  const [name, setName] = useState("");
  const [playback, setPlayback] = useState<Playback>("realtime");
  const begin = async () => {
    const path = `api/export/${encodeURIComponent(camera)}/start/${start}/end/${end}`;
    const body = { playback, ...(name.trim() ? { name: name.trim() } : {}) };
    onStarted((await json<{ export_id: string }>(path, { method: "POST", body })).export_id);
  };
  return (
    <>
      <Field label={t("common.name")} hint={t("exporting.nameHint")} value={name} maxLength={256} onText={setName} />
      <Select<Playback>
        label={t("exporting.playback")}
        value={playback}
        options={[
          ["realtime", t("exporting.realtime")],
          ["timelapse_25x", t("exporting.timelapse")],
        ]}
        onChange={setPlayback}
      />
      <div class="dialog-foot">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button kind="main" onClick={begin}>
          {t("exporting.start")}
        </Button>
      </div>
    </>
  );
}

function Progress({ id, onClose }: { id: string; onClose: () => void }) {
  const path = `api/jobs/export/${encodeURIComponent(id)}`;
  const [ended, setEnded] = useState(false);
  const { data, error } = useQuery(path, (signal) => json<Job>(path, { signal }), ended ? {} : { every: ASK_MS });
  const status = data?.status ?? "queued";
  const over = status !== "queued" && status !== "running";
  if (over && !ended) setEnded(true);
  return (
    <>
      <div role="status" class="stack">
        {!over && <progress max={100} value={data?.progress_percent ?? 0} aria-label={t("exporting.title")} />}
        <p>
          {status === "success" && t("exporting.done")}
          {(status === "failed" || status === "cancelled") && (data?.error_message || t("common.failed"))}
          {!over && (error?.message ?? t("exporting.going"))}
        </p>
      </div>
      <div class="dialog-foot">
        <Button href={href("export", { id })} onClick={onClose}>
          {t("exporting.list")}
        </Button>
        <Button kind="main" onClick={onClose}>
          {t("common.close")}
        </Button>
      </div>
    </>
  );
}
