import type { Signal } from "@preact/signals";
import { Download, Film, Scissors, Share2, X } from "lucide";
import { Button } from "../../components/Button";
import { useOpen } from "../../components/Dialog";
import { ExportDialog } from "../../components/ExportDialog";
import { mayShare, ShareDialog } from "../../components/ShareDialog";
import { t } from "../../i18n/i18n";
import { address } from "../../lib/api";
import { duration } from "../../lib/time";
import { spanText } from "./MotionPanel";

interface Props {
  camera: string;
  at: Signal<number>;
  range: Signal<[number, number] | null>;
}

const HALF = 30; // seconds to each side of the playhead that are selected first
const SHAREABLE = 3600; // the recorder shares an hour at most

/** What can be done with a span of a recording. */
export function RangeBar({ camera, at, range }: Props) {
  const [exporting, openExport, closeExport] = useOpen();
  const [sharing, openShare, closeShare] = useOpen();
  const span = range.value;
  if (!span || span[1] - span[0] < 0.05) {
    const select = () => {
      range.value = [at.peek() - HALF, Math.min(Date.now() / 1000, at.peek() + HALF)];
    };
    return (
      <Button icon={Scissors} onClick={select}>
        {t("playback.select")}
      </Button>
    );
  }
  const [start, end] = span.map((one) => Math.round(one * 1000) / 1000) as [number, number];
  const file = `api/${encodeURIComponent(camera)}/start/${start}/end/${end}/clip.mp4`;
  return (
    <div class="playback-range" role="group" aria-label={t("playback.range")}>
      <span class="figures small">
        {spanText(span)} <span class="soft">({duration(end - start)})</span>
      </span>
      <Button icon={Film} onClick={openExport}>
        {t("playback.export")}
      </Button>
      <Button icon={Download} href={address(file)} download={`${camera}.mp4`}>
        {t("common.download")}
      </Button>
      {mayShare() && (
        <Button icon={Share2} disabled={end - start > SHAREABLE} onClick={openShare}>
          {t("common.share")}
        </Button>
      )}
      <Button kind="quiet" icon={X} label={t("playback.unselect")} onClick={() => (range.value = null)} />
      {exporting && <ExportDialog camera={camera} start={start} end={end} onClose={closeExport} />}
      {sharing && <ShareDialog what={{ camera, start_time: start, end_time: end }} onClose={closeShare} />}
    </div>
  );
}
