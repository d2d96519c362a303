import { Download, Film, Trash2 } from "lucide";
import { useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Dialog, useOpen } from "../../components/Dialog";
import { Menu, type MenuItem } from "../../components/Menu";
import { Empty, Skeleton, Trouble } from "../../components/states";
import { t } from "../../i18n/i18n";
import { undoableIn } from "../../lib/query";
import { isAdmin } from "../../lib/session";
import { duration, fullTime } from "../../lib/time";
import { size } from "../../lib/units";
import { edge, edgeAddress, type Recording, seconds, useEdge } from "./api";
import { Snapshots } from "./Snapshots";
import { StorageCard } from "./StorageCard";
import { Thumb } from "./Thumb";

const PAGE = 60;
const KEY = "edge archive archive";

/** What was recorded on a trigger or by hand, and snapshots. */
export function ArchivePart() {
  const { data, error, refresh } = useEdge<Recording[]>("archive", "archive");
  const [shown, setShown] = useState(PAGE);
  if (error && !data) return <Trouble error={error} onRetry={refresh} />;
  return (
    <>
      <StorageCard />
      <h2>{t("edge.recordings")}</h2>
      {!data && <Skeleton height={220} />}
      {data && !data.length && (
        <Empty icon={Film} title={t("edge.noRecordings")}>
          <p>{t("edge.noRecordingsHow")}</p>
        </Empty>
      )}
      <ul class="edge-grid">
        {data?.slice(0, shown).map((row) => (
          <RecordingCard key={row.path} row={row} />
        ))}
      </ul>
      {data && data.length > shown && <Button onClick={() => setShown(shown + PAGE)}>{t("common.more")}</Button>}
      <Snapshots />
    </>
  );
}

function RecordingCard({ row }: { row: Recording }) {
  const [playing, play, stop] = useOpen();
  const began = seconds(row.meta?.started) ?? seconds(row.mtime) ?? 0;
  const video = edgeAddress("stream_video", { video_path: row.path });
  const saved = edgeAddress("stream_video", { video_path: row.path, download: "1" });
  const length = row.meta?.duration_seconds;
  const remove = () =>
    undoableIn<Recording[]>(
      KEY,
      (all) => all.filter(({ path }) => path !== row.path),
      t("edge.deleted"),
      () => edge("delete_video", { video_path: row.path }),
    );
  const items: MenuItem[] = [
    { text: t("common.download"), icon: Download, href: saved, download: true },
    ...(isAdmin.value ? [{ text: t("common.delete"), icon: Trash2, onSelect: remove }] : []),
  ];
  const title = fullTime(began);
  return (
    <li class="card edge-card">
      <Thumb
        label={t("edge.play", { name: title })}
        path={row.path}
        sprite={Boolean(row.sprite)}
        thumbnail={Boolean(row.thumbnail)}
        onOpen={play}
      />
      <div class="edge-card-text">
        <div class="edge-row-text">
          <strong>{title}</strong>
          <span class="soft small">
            {[
              length === undefined ? "" : duration(length),
              size(row.size),
              row.meta?.reason === "sensor" ? (row.meta.sensor_type ?? t("edge.sensor")) : t("edge.byHand"),
            ]
              .filter(Boolean)
              .join(" · ")}
          </span>
          {row.meta?.crash && <span class="badge detection">{t("edge.cutOff")}</span>}
        </div>
        <Menu label={t("common.more")} items={items} />
      </div>
      {playing && (
        <Dialog title={title} onClose={stop} wide>
          <video class="edge-video" src={video} controls autoPlay playsInline />
          <div class="dialog-foot">
            <Button icon={Download} href={saved} download>
              {t("common.download")}
            </Button>
          </div>
        </Dialog>
      )}
    </li>
  );
}
