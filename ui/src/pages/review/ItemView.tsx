import { type Signal, useSignal } from "@preact/signals";
import { Check, Clapperboard, Download, Grid2x2, Search, Share2, Undo2 } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Dialog, useOpen } from "../../components/Dialog";
import { ExportDialog } from "../../components/ExportDialog";
import { ListSteps, stepIn } from "../../components/ListSteps";
import { mayShare, ShareDialog } from "../../components/ShareDialog";
import { Skeleton, Trouble } from "../../components/states";
import { t } from "../../i18n/i18n";
import { address, json } from "../../lib/api";
import { cameras } from "../../lib/config";
import { useKeys } from "../../lib/keys";
import type { PagedList } from "../../lib/paged-list";
import { prefs, setPrefs } from "../../lib/prefs";
import { useQuery } from "../../lib/query";
import { href } from "../../lib/router";
import { fullTime } from "../../lib/time";
import { Controls } from "../../player/Controls";
import { InStep } from "../../player/InStep";
import type { PlayerHandle } from "../../player/RecordedPlayer";
import { type Phase, Timeline } from "../../timeline/Timeline";
import { markSeen } from "./actions";
import { placeOf, type ReviewItem, titleOf } from "./item";

const BEFORE_S = 4;
const AFTER_S = 4;
const SWIPE_PX = 60;

interface Props {
  id: string;
  list: PagedList<ReviewItem>;
  onStep: (id: string) => void;
  onClose: () => void;
}

/** One item: its recording, also beside those of other cameras, and the way to the next one. */
export function ItemView({ id, list, onStep, onClose }: Props) {
  const known = list.rows.value.find((row) => row.id === id);
  const asked = useQuery(`review item ${id}`, (signal) =>
    json<ReviewItem>(`api/review/${encodeURIComponent(id)}`, { signal }),
  );
  const item = known ?? asked.data;
  const step = stepIn(list, id, onStep);
  useKeys([
    { key: "n", does: t("common.next"), run: () => step(1) },
    { key: "p", does: t("common.previous"), run: () => step(-1) },
  ]);
  const swipe = useSwipe(step);
  useEffect(() => {
    if (item && !item.has_been_reviewed && item.end_time) void markSeen(list, [item.id]).then(asked.refresh);
  }, [item?.id, Boolean(item?.end_time)]);

  return (
    <Dialog title={item ? titleOf(item) : t("nav.review")} onClose={onClose} wide>
      {!item && asked.error && <Trouble error={asked.error} onRetry={asked.refresh} />}
      {!item && !asked.error && <Skeleton ratio={16 / 9} />}
      {item && <Recording item={item} />}
      {item && (
        <div class="stack" {...swipe}>
          <div class="row apart">
            <p class="soft small">
              {placeOf(item)} · <time class="figures">{fullTime(item.start_time)}</time>
            </p>
            <ListSteps list={list} id={id} step={step} />
          </div>
          <ItemActions item={item} list={list} onChanged={asked.refresh} />
        </div>
      )}
    </Dialog>
  );
}

/** The recording from shortly before the item, with the cameras that the user wants beside it. */
function Recording({ item }: { item: ReviewItem }) {
  const at = useSignal(item.start_time - BEFORE_S);
  const playing = useSignal(true);
  const scrubbing = useSignal(false);
  const speed = useSignal(1);
  const muted = useSignal(true);
  const view = useSignal<[number, number]>(span(item));
  const [main, setMain] = useState(item.camera);
  const [player, setPlayer] = useState<PlayerHandle | null>(null);
  const beside = Boolean(prefs.value.pages.reviewBeside);
  const names = cameras.value.map(({ name }) => name);
  const shown = beside ? names : [main];
  useKeys([
    { key: " ", does: t("player.play"), run: () => turn(playing) },
    { key: ",", does: t("player.frameBack"), run: () => player?.step(-1) },
    { key: ".", does: t("player.frameOn"), run: () => player?.step(1) },
  ]);
  const scrub = (to: number, phase: Phase) => {
    scrubbing.value = phase !== "end";
    at.value = to;
  };
  return (
    <>
      <InStep
        cameras={shown}
        main={main}
        at={at}
        playing={playing}
        scrubbing={scrubbing}
        speed={speed}
        muted={muted}
        onMain={setMain}
        onHandle={setPlayer}
      />
      <div class="row apart">
        <Controls camera={main} at={at} playing={playing} speed={speed} muted={muted} player={player} />
        {names.length > 1 && (
          <Button
            icon={Grid2x2}
            pressed={beside}
            onClick={() => setPrefs({ pages: { ...prefs.value.pages, reviewBeside: !beside } })}
          >
            {t("review.beside")}
          </Button>
        )}
      </div>
      <Timeline cameras={[main]} at={at} view={view} onScrub={scrub} />
    </>
  );
}

interface ActionsProps {
  item: ReviewItem;
  list: PagedList<ReviewItem>;
  onChanged: () => Promise<void>;
}

function ItemActions({ item, list, onChanged }: ActionsProps) {
  const [exporting, openExport, closeExport] = useOpen();
  const [sharing, openShare, closeShare] = useOpen();
  const [start, end] = [item.start_time - BEFORE_S, (item.end_time ?? Date.now() / 1000) + AFTER_S];
  return (
    <div class="row">
      <Button
        icon={item.has_been_reviewed ? Undo2 : Check}
        disabled={!item.end_time}
        onClick={() => markSeen(list, [item.id], !item.has_been_reviewed).then(onChanged)}
      >
        {t(item.has_been_reviewed ? "review.markUnseen" : "review.markSeen")}
      </Button>
      <Button icon={Clapperboard} onClick={openExport}>
        {t("review.export")}
      </Button>
      {mayShare() && (
        <Button icon={Share2} onClick={openShare}>
          {t("common.share")}
        </Button>
      )}
      {item.end_time && (
        <Button icon={Download} href={address(`api/review/${item.id}/clip.mp4`, { padding: BEFORE_S })} download>
          {t("common.download")}
        </Button>
      )}
      {item.data.detections.slice(0, 1).map((event) => (
        <Button key={event} icon={Search} href={href("explore", { event })}>
          {t("review.event")}
        </Button>
      ))}
      {exporting && <ExportDialog camera={item.camera} start={start} end={end} onClose={closeExport} />}
      {sharing && <ShareDialog what={{ camera: item.camera, start_time: start, end_time: end }} onClose={closeShare} />}
    </div>
  );
}

/** To the next item by a swipe to the left, to the one before by one to the right. */
function useSwipe(step: (by: number) => void) {
  const from = useRef<number | null>(null);
  return {
    onTouchStart: (event: TouchEvent) => {
      from.current = event.touches.length === 1 ? event.touches[0]!.clientX : null;
    },
    onTouchEnd: (event: TouchEvent) => {
      const moved = from.current === null ? 0 : event.changedTouches[0]!.clientX - from.current;
      if (Math.abs(moved) > SWIPE_PX) step(moved < 0 ? 1 : -1);
    },
  };
}

function span({ start_time, end_time }: ReviewItem): [number, number] {
  const end = end_time ?? Date.now() / 1000;
  const room = Math.max(20, (end - start_time) * 0.3);
  return [start_time - room, end + room];
}

function turn(playing: Signal<boolean>): void {
  playing.value = !playing.peek();
}
