import { useEffect, useRef, useState } from "preact/hooks";
import { Tabs } from "../../../components/Tabs";
import { label, t } from "../../../i18n/i18n";
import { address } from "../../../lib/api";
import { cameraName, config } from "../../../lib/config";
import type { EventRow } from "../event";

type Shown = "snapshot" | "clip";

/** The snapshot with box and path, or the clip. A `moment` (epoch seconds) shows the clip there. */
export function EventPicture({ event, moment }: { event: EventRow; moment: number | null }) {
  const [shown, setShown] = useState<Shown>(event.has_snapshot ? "snapshot" : "clip");
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (moment !== null && event.has_clip) setShown("clip");
  }, [moment]);
  useEffect(() => {
    const player = video.current;
    if (shown !== "clip" || !player || moment === null) return undefined;
    const seek = () => {
      player.currentTime = Math.max(0, moment - event.start_time);
    };
    if (player.readyState >= 1) seek();
    else player.addEventListener("loadedmetadata", seek, { once: true });
    return () => player.removeEventListener("loadedmetadata", seek);
  }, [shown, moment]);

  const path = `api/events/${encodeURIComponent(event.id)}`;
  const detect = config.value?.cameras[event.camera]?.detect;
  const ratio = detect ? detect.width / detect.height : 16 / 9;
  const alt = t("explore.snapshotOf", { label: label(event.label), camera: cameraName(event.camera) });
  const tabs = [
    ...(event.has_snapshot ? [["snapshot", t("explore.snapshot")] as const] : []),
    ...(event.has_clip ? [["clip", t("explore.clip")] as const] : []),
  ];
  return (
    <div class="stack">
      {tabs.length > 1 && <Tabs label={t("explore.views")} value={shown} tabs={tabs} onChange={setShown} />}
      <div class="explore-picture" style={{ aspectRatio: ratio }}>
        {shown === "clip" && event.has_clip ? (
          <video
            ref={video}
            src={address(`${path}/clip.mp4`)}
            poster={event.has_snapshot ? address(`${path}/snapshot.jpg`, { bbox: 0, timestamp: 0 }) : undefined}
            controls
            autoPlay
            muted
            playsInline
          />
        ) : event.has_snapshot ? (
          <>
            <img src={address(`${path}/snapshot.jpg`, { bbox: 0, timestamp: 0, crop: 0 })} alt={alt} />
            <PathOver event={event} />
          </>
        ) : (
          <img src={address(`${path}/thumbnail.jpg`)} alt={alt} />
        )}
      </div>
    </div>
  );
}

/** The way of the object over the picture: its feet from the first moment to the last, and its best box. */
function PathOver({ event: { data } }: { event: EventRow }) {
  const points = data.path_data ?? [];
  const line = points.map(([[x, y]]) => `${x},${y}`).join(" ");
  const first = points[0]?.[0];
  const last = points.at(-1)?.[0];
  return (
    <svg class="explore-path" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
      {data.box && <rect x={data.box[0]} y={data.box[1]} width={data.box[2]} height={data.box[3]} />}
      {points.length > 1 && <polyline class="under" points={line} />}
      {points.length > 1 && <polyline points={line} />}
      {[first, last].map(
        (end, n) =>
          end && <line key={n} class={n ? "last" : "first"} x1={end[0]} y1={end[1]} x2={end[0]} y2={end[1]} />,
      )}
    </svg>
  );
}
