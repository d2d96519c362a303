import { useSignal } from "@preact/signals";
import { ChevronFirst, ChevronLast, Download, Pause, Play, ScanSearch, Trash2, X } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Confirm, Dialog, useOpen } from "../../components/Dialog";
import { Switch } from "../../components/Field";
import { Menu } from "../../components/Menu";
import { Skeleton, Trouble } from "../../components/states";
import { t } from "../../i18n/i18n";
import { address, json, request } from "../../lib/api";
import { useKeys } from "../../lib/keys";
import { invalidate, useQuery } from "../../lib/query";
import { number, percent } from "../../lib/units";
import { type Analysis, analyse, FILES, frameTimes, pathOf, removeFile, type VideoFile, wrongWith } from "./data";
import { type FileHandle, FilePlayer } from "./FilePlayer";
import { Traces } from "./Traces";

const LIVE_MS = 1500;
const REST_MS = 20_000; // somebody else may begin an analysis

/** A file: played to the frame, with its boxes; what is in it; what can be made of it. */
export function FileView({ id, onClose }: { id: string; onClose: () => void }) {
  const asked = useQuery(`file ${id}`, (signal) => json<{ file: VideoFile }>(pathOf(id), { signal }), {
    every: 10_000,
  });
  const file = asked.data?.file;
  return (
    <Dialog title={file?.file_name ?? t("nav.files")} onClose={onClose} wide>
      {!file && asked.error && <Trouble error={asked.error} onRetry={asked.refresh} />}
      {!file && !asked.error && <Skeleton ratio={16 / 9} />}
      {file && <Loaded file={file} refresh={asked.refresh} onClose={onClose} />}
    </Dialog>
  );
}

function Loaded({ file, refresh, onClose }: { file: VideoFile; refresh: () => Promise<void>; onClose: () => void }) {
  const id = file.file_uuid;
  const total = file.total_frames ?? 0;
  const times = useQuery(`frames ${id}`, (signal) => frameTimes(id, total, signal));
  const frame = useSignal(0);
  const playing = useSignal(false);
  const [boxes, setBoxes] = useState(true);
  const [marks, setMarks] = useState<[number | null, number | null]>([null, null]);
  const player = useRef<FileHandle | null>(null);
  const step = (by: number) => player.current?.show(frame.peek() + by);
  const play = () => {
    playing.value = !playing.peek();
  };
  useKeys([
    { key: " ", does: t("player.play"), run: play },
    { key: ",", does: t("player.frameBack"), run: () => step(-1) },
    { key: ".", does: t("player.frameOn"), run: () => step(1) },
    { key: "[", does: t("files.markStart"), run: () => setMarks([frame.peek(), marks[1]]) },
    { key: "]", does: t("files.markEnd"), run: () => setMarks([marks[0], frame.peek()]) },
  ]);
  if (times.error) return <Trouble error={times.error} onRetry={times.refresh} />;
  if (!times.data) return <Skeleton ratio={16 / 9} />;
  const clip = new URLSearchParams({ start_frame: String(marks[0] ?? 0), end_frame: String(marks[1] ?? total - 1) });
  const reversed = marks[0] !== null && marks[1] !== null && marks[0] > marks[1];
  return (
    <>
      <FilePlayer
        file={file}
        times={times.data}
        frame={frame}
        playing={playing}
        boxes={boxes && file.trace_count > 0}
        handle={player}
      />
      <div class="files-controls">
        <Button kind="quiet" icon={ChevronFirst} label={t("player.frameBack")} onClick={() => step(-1)} />
        <Button
          kind="main"
          icon={playing.value ? Pause : Play}
          label={t(playing.value ? "player.pause" : "player.play")}
          onClick={play}
        />
        <Button kind="quiet" icon={ChevronLast} label={t("player.frameOn")} onClick={() => step(1)} />
        <input
          class="files-seek"
          type="range"
          min={0}
          max={Math.max(0, total - 1)}
          value={frame.value}
          aria-label={t("files.frame")}
          onInput={(event) => player.current?.show(Number(event.currentTarget.value))}
        />
        <span class="figures small" data-frame={frame.value}>
          {frame.value} / {Math.max(0, total - 1)} ·{" "}
          {number(times.data[frame.value]?.t ?? 0, 3, { minimumFractionDigits: 3 })} s
        </span>
      </div>
      <div class="row">
        {file.trace_count > 0 && <Switch label={t("files.boxes")} checked={boxes} onChange={setBoxes} />}
        <Button onClick={() => setMarks([frame.peek(), marks[1]])}>
          {marks[0] === null ? t("files.markStart") : t("files.from", { n: marks[0] })}
        </Button>
        <Button onClick={() => setMarks([marks[0], frame.peek()])}>
          {marks[1] === null ? t("files.markEnd") : t("files.to", { n: marks[1] })}
        </Button>
        {marks.some((mark) => mark !== null) && (
          <Button kind="quiet" icon={X} label={t("common.clear")} onClick={() => setMarks([null, null])} />
        )}
        <Menu
          label={t("common.download")}
          icon={Download}
          kind="plain"
          items={[
            { text: t("files.whole"), href: address(`${pathOf(id)}/video`), download: true },
            ...(reversed
              ? []
              : [{ text: t("files.clip"), href: address(`${pathOf(id)}/clip?${clip}`), download: true }]),
            {
              text: t("files.still"),
              href: address(`${pathOf(id)}/thumbnail`, { frame: frame.value }),
              download: true,
            },
            ...(file.trace_count > 0
              ? [{ text: t("files.withBoxes"), href: address(`${pathOf(id)}/video/bbox`), download: true }]
              : []),
          ]}
        >
          {t("common.download")}
        </Menu>
        <Remove file={file} onClose={onClose} />
      </div>
      <AnalysisBar file={file} refresh={refresh} />
      {file.trace_count > 0 && <Traces file={file} onFrame={(n) => player.current?.show(n)} />}
    </>
  );
}

function Remove({ file, onClose }: { file: VideoFile; onClose: () => void }) {
  const [asks, ask, hide] = useOpen();
  const remove = async () => {
    await removeFile(file.file_uuid);
    invalidate("files");
    onClose();
  };
  return (
    <>
      <Button kind="danger" icon={Trash2} onClick={ask}>
        {t("common.delete")}
      </Button>
      {asks && (
        <Confirm
          title={t("files.deleteAsk", { name: file.file_name })}
          action={t("common.delete")}
          onConfirm={remove}
          onClose={hide}
        >
          <p>{t("files.deleteMeans")}</p>
        </Confirm>
      )}
    </>
  );
}

/** Begins an analysis, and shows how far it is. */
function AnalysisBar({ file, refresh }: { file: VideoFile; refresh: () => Promise<void> }) {
  const id = file.file_uuid;
  const [busy, setBusy] = useState(true);
  const asked = useQuery(
    `progress ${id}`,
    (signal) => json<{ job: Analysis | null }>(`${pathOf(id)}/progress`, { signal }),
    { every: busy ? LIVE_MS : REST_MS },
  );
  const job = asked.data?.job;
  const lives = job?.status === "queued" || job?.status === "running";
  useEffect(() => setBusy(lives), [lives]);
  useEffect(() => {
    if (job?.status !== "done") return;
    void refresh();
    invalidate(`traces ${id}`);
  }, [job?.job_id, job?.status]);
  const begin = async () => {
    await analyse(id, file.analysed.object || file.analysed.face);
    await asked.refresh();
  };
  const cancel = async () => {
    await request(`${FILES}/jobs/${job?.job_id}`, { method: "DELETE" });
    await asked.refresh();
  };
  return (
    <div class="row files-analysis">
      {lives ? (
        <>
          <progress max={1} value={job.progress} aria-label={t("files.analysing")} />
          <span class="small figures">
            {t("files.analysing")} {percent(job.progress)}
          </span>
          <Button kind="quiet" icon={X} label={t("common.cancel")} onClick={cancel} />
        </>
      ) : (
        <Button icon={ScanSearch} onClick={begin}>
          {t(file.analysed.object || file.analysed.face ? "files.analyseAgain" : "files.analyse")}
        </Button>
      )}
      {job?.status === "failed" && <span class="small files-failure">{wrongWith(job)}</span>}
      {!lives && file.analysed.object && !file.trace_count && <span class="soft small">{t("files.noTraces")}</span>}
    </div>
  );
}
