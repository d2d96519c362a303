/** A camera's recording at a time: full pictures, small ones while the playhead is dragged, zoom, and what is wrong. */
import { type ReadonlySignal, useComputed, useSignalEffect } from "@preact/signals";
import { LoaderCircle, ScanSearch, VideoOff } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "../components/Button";
import { Icon } from "../components/Icon";
import { Trouble } from "../components/states";
import { t } from "../i18n/i18n";
import { cameraName, config } from "../lib/config";
import { shortTime } from "../lib/time";
import type { Engine } from "./engine";
import { PreviewScrubber } from "./PreviewScrubber";
import { type Recording, useRecording } from "./useRecording";
import { useZoom } from "./useZoom";
import { transform, WHOLE } from "./zoom";
import "./recorded.css";

/** What can be done with a player from outside. */
export interface PlayerHandle {
  step: (by: 1 | -1) => void;
  /** The time whose recorded picture is the one that is shown. */
  pictureTime: () => number;
  /** The time that the player's clock shows. */
  clock: () => number;
  video: HTMLVideoElement;
  stage: HTMLElement;
}

interface Props extends Recording {
  /** Called with what can be done, and with null when the player goes. */
  onHandle?: (handle: PlayerHandle | null) => void;
  /** Lies over the picture and is enlarged with it. */
  children?: ComponentChildren;
  /** Without zoom, as while a region is drawn. */
  still?: boolean;
}

export function RecordedPlayer(props: Props) {
  const { camera, at, playing, scrubbing, onHandle, still = false } = props;
  const video = useRef<HTMLVideoElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const { engine, covered } = useRecording(video, props);
  const zoom = useZoom(stage, !still);
  useEffect(() => {
    onHandle?.({
      step: (by) => {
        playing.value = false;
        void engine.peek()?.step(by);
      },
      pictureTime: () => engine.peek()?.pictureTime() ?? at.peek(),
      clock: () => engine.peek()?.clock() ?? at.peek(),
      video: video.current!,
      stage: stage.current!,
    });
    return () => onHandle?.(null);
  }, []);
  useEffect(() => {
    if (still) zoom.value = WHOLE;
  }, [still, camera]);
  useSignalEffect(() => {
    if (inner.current) inner.current.style.transform = transform(zoom.value);
  });
  const inner = useRef<HTMLDivElement>(null);
  const { detect } = config.value?.cameras[camera] ?? {};
  const ratio = String(detect ? detect.width / detect.height : 16 / 9);
  return (
    <div class={still ? "recorded still" : "recorded"} ref={stage}>
      <div class="recorded-picture" ref={inner} style={{ aspectRatio: ratio, "--ratio": ratio }}>
        <video ref={video} playsInline preload="auto" aria-label={cameraName(camera)} disableRemotePlayback />
        <PreviewScrubber camera={camera} at={at} scrubbing={scrubbing} visible={covered} />
        {props.children}
      </div>
      {zoom.value.scale > 1 && (
        <div class="recorded-corner">
          <Button kind="over" icon={ScanSearch} label={t("player.whole")} onClick={() => (zoom.value = WHOLE)}>
            {`${zoom.value.scale.toFixed(1)} ×`}
          </Button>
        </div>
      )}
      {engine.value && (
        <Notice engine={engine.value} scrubbing={scrubbing} onTime={(moment) => (at.value = moment)} at={at} />
      )}
    </div>
  );
}

interface NoticeProps {
  engine: Engine;
  at: ReadonlySignal<number>;
  scrubbing: ReadonlySignal<boolean>;
  onTime: (at: number) => void;
}

/** Why there is no picture. */
function Notice({ engine, at, scrubbing, onTime }: NoticeProps) {
  const waits = useComputed(() => engine.state.value === "loading" || engine.stalled.value).value;
  const state = engine.state.value;
  const gap = engine.gap.value;
  if (scrubbing.value) return null;
  if (state === "failed") {
    return (
      <div class="recorded-notice">
        <Trouble error={engine.error.value} onRetry={() => engine.show(at.peek())} />
      </div>
    );
  }
  if (state === "empty" && gap) {
    return (
      <div class="recorded-notice dark">
        <Icon icon={VideoOff} size={32} />
        <p>{t("player.empty")}</p>
        <div class="row">
          {Number.isFinite(gap[0]) && gap[0] < at.value && (
            <Button kind="over" onClick={() => onTime(gap[0] - 1)}>
              {t("player.before", { time: shortTime(gap[0]) })}
            </Button>
          )}
          {Number.isFinite(gap[1]) && gap[1] > at.value && (
            <Button kind="over" onClick={() => onTime(gap[1] + 0.1)}>
              {t("player.after", { time: shortTime(gap[1]) })}
            </Button>
          )}
        </div>
      </div>
    );
  }
  // It fades in late by CSS: what takes a moment needs no word.
  return waits ? (
    <div class="recorded-wait" role="status">
      <Icon icon={LoaderCircle} size={36} spin label={t("common.loading")} />
    </div>
  ) : null;
}
