/** Recordings: any camera at any time (docs/web.md). */
import { useComputed, useSignal } from "@preact/signals";
import { Rows3, ScanSearch, VideoOff } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "../../components/Button";
import { Select } from "../../components/Field";
import { Empty } from "../../components/states";
import { t } from "../../i18n/i18n";
import { cameraName, cameras } from "../../lib/config";
import { prefs, setPrefs } from "../../lib/prefs";
import { Controls } from "../../player/Controls";
import { type PlayerHandle, RecordedPlayer } from "../../player/RecordedPlayer";
import { TimeField } from "../../timeline/TimeField";
import { type Phase, Timeline } from "../../timeline/Timeline";
import { usePlaybackKeys } from "./keys";
import { MotionPanel } from "./MotionPanel";
import { RangeBar } from "./RangeBar";
import { RegionDrawing } from "./RegionDrawing";
import type { Point } from "./region";
import { marksOf, useMotionSearch } from "./search";
import { usePlayback } from "./state";
import "./playback.css";

export default function PlaybackPage() {
  if (cameras.value.length) return <Recordings />;
  return (
    <main class="page" id="content">
      <Empty icon={VideoOff} title={t("live.none")} />
    </main>
  );
}

function Recordings() {
  const state = usePlayback();
  const { camera, at, range, view, scrubbing } = state;
  const player = useSignal<PlayerHandle | null>(null);
  const screen = useRef<HTMLDivElement>(null);
  const searching = useSignal(false);
  const region = useSignal<readonly Point[] | null>(null);
  const box = useSignal<readonly number[] | null>(null);
  const search = useMotionSearch();
  const marks = useComputed(() => marksOf(search.found.value));
  usePlaybackKeys(state, () => player.peek());
  useEffect(() => {
    region.value = null;
    box.value = null;
    search.forget();
  }, [camera.value]);

  const names = cameras.value.map(({ name }) => name);
  const all = names.length > 1 && (prefs.value.pages.playback as { all?: boolean } | undefined)?.all === true;
  const rows = all ? [camera.value, ...names.filter((one) => one !== camera.value)] : [camera.value];
  const onScrub = (_at: number, phase: Phase) => {
    scrubbing.value = phase !== "end";
    box.value = null;
  };

  return (
    <main class="page playback" id="content">
      <div class="page-head">
        <h1 class="only-wide">{t("nav.recordings")}</h1>
        <Select
          bare
          label={t("common.camera")}
          value={camera.value}
          options={names.map((one) => [one, cameraName(one)] as const)}
          onChange={(one) => {
            camera.value = one;
          }}
        />
        <TimeField at={at} cameras={rows} onTime={(moment) => (at.value = moment)} />
        <Button
          icon={ScanSearch}
          label={t("playback.motion")}
          pressed={searching.value}
          onClick={() => (searching.value = !searching.peek())}
        />
        {names.length > 1 && (
          <Button
            icon={Rows3}
            label={t("common.allCameras")}
            pressed={all}
            onClick={() => setPrefs({ pages: { ...prefs.peek().pages, playback: { all: !all } } })}
          />
        )}
      </div>
      <div class={searching.value ? "playback-main with-panel" : "playback-main"}>
        <div class="playback-screen" ref={screen}>
          <RecordedPlayer
            key={camera.value}
            {...state}
            camera={camera.value}
            still={searching.value}
            onHandle={(handle) => (player.value = handle)}
          >
            {searching.value && (
              <RegionDrawing region={region.value} box={box.value} onRegion={(drawn) => (region.value = drawn)} />
            )}
          </RecordedPlayer>
          <div class="playback-bar">
            <Controls {...state} camera={camera.value} player={player.value} screen={() => screen.current} />
            <RangeBar camera={camera.value} at={at} range={range} />
          </div>
          <div class="playback-timeline">
            <Timeline
              cameras={rows}
              at={at}
              range={range}
              view={view}
              marks={marks}
              onScrub={onScrub}
              onPick={(item) => (camera.value = item.camera)}
            />
          </div>
        </div>
        {searching.value && (
          <MotionPanel
            camera={camera.value}
            search={search}
            region={region}
            span={range.value ?? view.value}
            selected={range.value !== null}
            onFound={(found) => {
              at.value = found.start_time;
              box.value = found.box;
            }}
            onClose={() => (searching.value = false)}
          />
        )}
      </div>
    </main>
  );
}
