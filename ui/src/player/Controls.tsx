import type { Signal } from "@preact/signals";
import {
  Camera,
  ChevronFirst,
  ChevronLast,
  Maximize,
  Pause,
  PictureInPicture2,
  Play,
  RotateCcw,
  RotateCw,
  Volume2,
  VolumeX,
} from "lucide";
import { Button } from "../components/Button";
import { Select } from "../components/Field";
import { language, t } from "../i18n/i18n";
import { address } from "../lib/api";
import { wall } from "../lib/time";
import type { PlayerHandle } from "./RecordedPlayer";

export const SPEEDS: readonly number[] = [0.25, 0.5, 1, 2, 4, 8, 16];
export const JUMP = 10; // seconds

interface Props {
  camera: string;
  at: Signal<number>;
  playing: Signal<boolean>;
  speed: Signal<number>;
  muted: Signal<boolean>;
  player: PlayerHandle | null;
  /** What becomes the whole screen; the player's picture if there is nothing else. */
  screen?: () => HTMLElement | null;
}

/** The buttons below a player. */
export function Controls({ camera, at, playing, speed, muted, player, screen }: Props) {
  const jump = (by: number) => {
    at.value = Math.min(Date.now() / 1000, at.peek() + by);
  };
  const speeds = SPEEDS.map((one) => [String(one), `${one.toLocaleString(language.value)} ×`] as const);
  return (
    <div class="recorded-controls">
      <Button kind="quiet" icon={RotateCcw} label={t("player.rewind")} onClick={() => jump(-JUMP)} />
      <Button kind="quiet" icon={ChevronFirst} label={t("player.frameBack")} onClick={() => player?.step(-1)} />
      <Button
        kind="main"
        icon={playing.value ? Pause : Play}
        label={playing.value ? t("player.pause") : t("player.play")}
        onClick={() => {
          playing.value = !playing.peek();
        }}
      />
      <Button kind="quiet" icon={ChevronLast} label={t("player.frameOn")} onClick={() => player?.step(1)} />
      <Button kind="quiet" icon={RotateCw} label={t("player.forward")} onClick={() => jump(JUMP)} />
      <Select
        bare
        label={t("player.speed")}
        value={String(speed.value)}
        options={speeds}
        onChange={(value) => {
          speed.value = Number(value);
        }}
      />
      <Button
        kind="quiet"
        icon={muted.value ? VolumeX : Volume2}
        label={muted.value ? t("player.unmute") : t("player.mute")}
        onClick={() => {
          muted.value = !muted.peek();
        }}
      />
      <Button
        kind="quiet"
        icon={Camera}
        label={t("player.snapshot")}
        onClick={() => player && saveSnapshot(camera, player.pictureTime())}
      />
      {document.pictureInPictureEnabled && (
        <Button
          kind="quiet"
          icon={PictureInPicture2}
          label={t("player.pictureInPicture")}
          onClick={() => player && pictureInPicture(player.video)}
        />
      )}
      <Button
        kind="quiet"
        icon={Maximize}
        label={t("player.fullScreen")}
        onClick={() => player && fullScreen(screen?.() ?? player.stage, player.video)}
      />
    </div>
  );
}

/** Save the recorded picture of a moment, in full size and without loss. */
export function saveSnapshot(camera: string, at: number): void {
  const link = document.createElement("a");
  link.href = address(`api/${encodeURIComponent(camera)}/recordings/${at.toFixed(3)}/snapshot.png`);
  const { year, month, day, hour, minute, second } = wall(at);
  const two = (n: number) => String(n).padStart(2, "0");
  link.download = `${camera}_${year}-${two(month)}-${two(day)}_${two(hour)}-${two(minute)}-${two(second)}.png`;
  link.click();
}

async function pictureInPicture(video: HTMLVideoElement): Promise<void> {
  if (document.pictureInPictureElement) await document.exitPictureInPicture();
  else await video.requestPictureInPicture();
}

/** Fill the screen; iPhones can do that with the video element alone. */
export async function fullScreen(element: HTMLElement, video: HTMLVideoElement): Promise<void> {
  if (document.fullscreenElement) await document.exitFullscreen();
  else if (element.requestFullscreen) await element.requestFullscreen();
  else (video as HTMLVideoElement & { webkitEnterFullscreen?: () => void }).webkitEnterFullscreen?.();
}
