import type { Signal } from "@preact/signals";
import { ScanSearch, X } from "lucide";
import { useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Select } from "../../components/Field";
import { t } from "../../i18n/i18n";
import { clockSeconds, dayName, duration, fullTime, sameDay } from "../../lib/time";
import { number } from "../../lib/units";
import { type Point, WHOLE } from "./region";
import { type Found, type MotionSearch, shownOf } from "./search";

interface Props {
  camera: string;
  search: MotionSearch;
  region: Signal<readonly Point[] | null>;
  /** The span that is searched: the selected one, or what the timeline shows. */
  span: readonly [number, number];
  selected: boolean;
  onFound: (found: Found) => void;
  onClose: () => void;
}

/** Asks for motion in a part of the picture, and lists when there was some. */
export function MotionPanel({ camera, search, region, span, selected, onFound, onClose }: Props) {
  const [minArea, setMinArea] = useState("5");
  const [threshold, setThreshold] = useState("30");
  const state = search.found.value;
  const going = state?.status === "queued" || state?.status === "running";
  const begin = () =>
    search.begin({
      camera,
      start: span[0],
      end: Math.min(span[1], Date.now() / 1000),
      region: region.value ?? WHOLE,
      minArea: Number(minArea),
      threshold: Number(threshold),
    });
  return (
    <section class="playback-panel card" aria-labelledby="playback-motion">
      <div class="row apart">
        <h2 id="playback-motion">{t("playback.motion")}</h2>
        <Button kind="quiet" icon={X} label={t("common.close")} onClick={onClose} />
      </div>
      <p class="soft small">{region.value ? t("playback.regionDrawn") : t("playback.draw")}</p>
      <div class="row">
        <Button onClick={() => (region.value = WHOLE)}>{t("playback.wholePicture")}</Button>
      </div>
      <div class="playback-fields">
        <Select
          label={t("playback.minArea")}
          value={minArea}
          options={["1", "5", "20", "50"].map((one) => [one, `${one} %`] as const)}
          onChange={setMinArea}
        />
        <Select
          label={t("playback.threshold")}
          value={threshold}
          options={[
            ["15", t("playback.threshold.fine")],
            ["30", t("playback.threshold.usual")],
            ["60", t("playback.threshold.strong")],
          ]}
          onChange={setThreshold}
        />
      </div>
      <p class="small soft">
        {selected ? t("playback.inRange") : t("playback.inView")} {spanText(span)}
      </p>
      <div class="row">
        <Button kind="main" icon={ScanSearch} disabled={!region.value || going} onClick={begin}>
          {t("common.search")}
        </Button>
        {going && <Button onClick={search.cancel}>{t("common.cancel")}</Button>}
      </div>
      {state && <Results search={search} onFound={onFound} />}
    </section>
  );
}

function Results({ search, onFound }: { search: MotionSearch; onFound: (found: Found) => void }) {
  const state = search.found.value!;
  const going = state.status === "queued" || state.status === "running";
  const { list, sure } = shownOf(state);
  return (
    <>
      <div role="status" class="small">
        {going && <progress max={100} value={state.progress} aria-label={t("playback.motion")} />}
        {state.status === "failed" && (state.message || t("common.failed"))}
        {state.status === "success" && !list.length && t("playback.nothingFound")}
        {list.length > 0 &&
          (sure ? t("playback.found", { n: list.length }) : t("playback.candidates", { n: list.length }))}
        {state.complete === false && ` ${t("playback.older")}`}
      </div>
      <ol class="playback-found">
        {list.map((one) => (
          <li key={one.start_time}>
            <button type="button" onClick={() => onFound(one)}>
              <span class="figures">{fullTime(one.start_time)}</span>
              <span class="soft figures">{duration(one.end_time - one.start_time)}</span>
              {sure && <span class="soft figures">{number(one.strength, 0)} %</span>}
            </button>
          </li>
        ))}
      </ol>
    </>
  );
}

/** "Mon, 30 Nov, 14:05:09 – 14:06:00" */
export function spanText([from, to]: readonly [number, number]): string {
  const end = sameDay(from, to) ? clockSeconds(to) : `${dayName(to)}, ${clockSeconds(to)}`;
  return `${dayName(from)}, ${clockSeconds(from)} – ${end}`;
}
