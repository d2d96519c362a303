import { useState } from "preact/hooks";
import { Switch } from "../../../components/Field";
import { t, type Word } from "../../../i18n/i18n";
import { json } from "../../../lib/api";
import type { CameraConfig } from "../../../lib/config";
import { toastError } from "../../../lib/toasts";
import { isOn } from "../activity";

type Read = (camera: CameraConfig) => unknown;
const section =
  (name: string): Read =>
  (camera) =>
    (camera[name] as { enabled?: boolean } | undefined)?.enabled;
const review =
  (name: string): Read =>
  (camera) =>
    (camera.review as Record<string, { enabled?: boolean }> | undefined)?.[name]?.enabled;

/** The switches, with the word for each and where the configuration has it. */
const SWITCHES: readonly (readonly [name: string, word: Word, read: Read, shown?: Read])[] = [
  ["enabled", "live.switch.enabled", (camera) => camera.enabled],
  ["detect", "live.switch.detect", section("detect")],
  ["motion", "live.switch.motion", section("motion")],
  ["recordings", "live.switch.recordings", section("record")],
  ["snapshots", "live.switch.snapshots", section("snapshots")],
  ["audio", "live.switch.audio", section("audio")],
  ["review_alerts", "live.switch.alerts", review("alerts")],
  ["review_detections", "live.switch.detections", review("detections")],
  ["notifications", "live.switch.notifications", section("notifications")],
  ["birdseye", "live.switch.birdseye", section("birdseye")],
  [
    "ptz_autotracker",
    "live.switch.follow",
    (camera) => (camera.onvif.autotracking as { enabled?: boolean } | undefined)?.enabled,
    (camera) => camera.onvif.host,
  ],
];

/** What is switched on at a camera. For administrators. */
export function Switches({ camera }: { camera: CameraConfig }) {
  return (
    <div class="stack live-switches">
      {SWITCHES.filter(([, , , shown]) => !shown || shown(camera)).map(([name, word, read]) => (
        <One key={name} camera={camera.name} name={name} word={word} otherwise={Boolean(read(camera))} />
      ))}
      <p class="small soft">{t("live.switch.hint")}</p>
    </div>
  );
}

function One({ camera, name, word, otherwise }: { camera: string; name: string; word: Word; otherwise: boolean }) {
  const [asked, setAsked] = useState<boolean | null>(null);
  const on = isOn(camera, name, otherwise);
  const change = (value: boolean) => {
    setAsked(value); // seen at once; the message that follows says what holds
    json(`api/camera/${encodeURIComponent(camera)}/set/${name}`, {
      method: "PUT",
      body: { value: value ? "ON" : "OFF" },
    })
      .catch(toastError)
      .finally(() => setTimeout(() => setAsked(null), 300));
  };
  return <Switch label={t(word)} checked={asked ?? on} onChange={change} />;
}
