import { Clapperboard, Download, Play, Trash2 } from "lucide";
import { useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Dialog, useOpen } from "../../components/Dialog";
import { Field, Select, Switch } from "../../components/Field";
import { Icon } from "../../components/Icon";
import { Menu, type MenuItem } from "../../components/Menu";
import { Empty, Skeleton, Trouble } from "../../components/states";
import { t } from "../../i18n/i18n";
import { undoableIn } from "../../lib/query";
import { isAdmin } from "../../lib/session";
import { duration, shortTime } from "../../lib/time";
import { toastError } from "../../lib/toasts";
import { size } from "../../lib/units";
import { edge, edgeAddress, seconds, useEdge } from "./api";

interface Status {
  enabled: boolean;
  interval_minutes: number;
  fps: number;
  resolution: string;
  today_frame_count: number;
  last_capture: string | null;
}

interface Day {
  path: string;
  date: string;
  size: number;
  thumbnail?: string;
  duration_seconds?: number;
  frame_count?: number;
}

const KEY = "edge archive timelapse";
const RESOLUTIONS = ["original", "640x480", "320x240"];

/** A film of each day, of a picture every few minutes. */
export function TimelapsePart() {
  const { data, error, refresh } = useEdge<Day[]>("archive", "timelapse");
  if (error && !data) return <Trouble error={error} onRetry={refresh} />;
  return (
    <>
      <Capture />
      <h2>{t("edge.days")}</h2>
      {!data && <Skeleton height={200} />}
      {data && !data.length && (
        <Empty icon={Clapperboard} title={t("edge.noDays")}>
          <p>{t("edge.noDaysHow")}</p>
        </Empty>
      )}
      <ul class="edge-grid">
        {data?.map((day) => (
          <DayCard key={day.path} day={day} />
        ))}
      </ul>
    </>
  );
}

function Capture() {
  const { data, refresh } = useEdge<Status>("timelapse", "timelapse/status", 30_000);
  const [draft, setDraft] = useState<Partial<Status>>({});
  if (!data) return <Skeleton height={160} />;
  const configure = async (changes: object) => {
    await edge("timelapse/configure", changes);
    setDraft({});
    await refresh();
  };
  const last = seconds(data.last_capture);
  const shown = { ...data, ...draft };
  return (
    <section class="card card-body" aria-labelledby="edge-capture">
      <div class="row apart">
        <h2 id="edge-capture">{t("edge.timelapse")}</h2>
        <Switch
          label={t(data.enabled ? "common.on" : "common.off")}
          checked={data.enabled}
          disabled={!isAdmin.value}
          onChange={(enabled) => void configure({ enabled }).catch(toastError)}
        />
      </div>
      <p class="soft small">
        {t("edge.frames", { n: data.today_frame_count })}
        {last !== null && ` · ${t("edge.lastFrame", { time: shortTime(last) })}`}
      </p>
      {isAdmin.value && (
        <div class="row edge-form">
          <Field
            label={t("edge.interval")}
            type="number"
            min={1}
            max={60}
            value={String(shown.interval_minutes)}
            onText={(text) => setDraft({ ...draft, interval_minutes: Number(text) })}
          />
          <Field
            label={t("edge.fps")}
            type="number"
            min={1}
            max={60}
            value={String(shown.fps)}
            onText={(text) => setDraft({ ...draft, fps: Number(text) })}
          />
          <Select
            label={t("edge.resolution")}
            value={shown.resolution}
            options={RESOLUTIONS.map((one) => [one, one === "original" ? t("edge.original") : one] as const)}
            onChange={(resolution) => setDraft({ ...draft, resolution })}
          />
          <Button kind="main" disabled={!Object.keys(draft).length} onClick={() => configure(draft)}>
            {t("common.save")}
          </Button>
        </div>
      )}
    </section>
  );
}

function DayCard({ day }: { day: Day }) {
  const [playing, play, stop] = useOpen();
  const video = edgeAddress("timelapse/video", { path: day.path });
  const remove = () =>
    undoableIn<Day[]>(
      KEY,
      (all) => all.filter(({ path }) => path !== day.path),
      t("edge.deleted"),
      () => edge("timelapse/delete", { path: day.path }),
    );
  const items: MenuItem[] = [
    { text: t("common.download"), icon: Download, href: video, download: true },
    ...(isAdmin.value ? [{ text: t("common.delete"), icon: Trash2, onSelect: remove }] : []),
  ];
  return (
    <li class="card edge-card">
      <button type="button" class="edge-thumb" aria-label={t("edge.play", { name: day.date })} onClick={play}>
        {day.thumbnail && <img src={edgeAddress("timelapse/thumbnail", { path: day.path })} alt="" loading="lazy" />}
        <span class="edge-play">
          <Icon icon={Play} />
        </span>
      </button>
      <div class="edge-card-text">
        <div class="edge-row-text">
          <strong>{day.date}</strong>
          <span class="soft small">
            {[
              day.duration_seconds === undefined ? "" : duration(day.duration_seconds),
              day.frame_count === undefined ? "" : t("edge.pictures", { n: day.frame_count }),
              size(day.size),
            ]
              .filter(Boolean)
              .join(" · ")}
          </span>
        </div>
        <Menu label={t("common.more")} items={items} />
      </div>
      {playing && (
        <Dialog title={day.date} onClose={stop} wide>
          <video class="edge-video" src={video} controls autoPlay loop playsInline />
        </Dialog>
      )}
    </li>
  );
}
