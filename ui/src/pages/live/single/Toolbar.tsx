import {
  Camera,
  CirclePlus,
  Gauge,
  History,
  Joystick,
  Layers,
  Maximize,
  SlidersHorizontal,
  Volume2,
  VolumeX,
} from "lucide";
import { Button } from "../../../components/Button";
import { useOpen } from "../../../components/Dialog";
import { t } from "../../../i18n/i18n";
import type { CameraConfig } from "../../../lib/config";
import { href, navigate, setQuery } from "../../../lib/router";
import { isAdmin } from "../../../lib/session";
import type { LiveSession } from "../../../player/session";
import { choices, choose } from "../choices";
import { ManualEvent } from "./ManualEvent";
import type { Panel } from "./panels";
import { download } from "./snapshot";
import { TalkButton } from "./TalkButton";

interface Props {
  camera: CameraConfig;
  stream: string;
  session: LiveSession | null;
  muted: boolean;
  onMute: (muted: boolean) => void;
  panel: Panel | null;
  onFullScreen: () => void;
}

const BACK_S = 30;

/** What can be done with a camera. */
export function Toolbar({ camera, stream, session, muted, onMute, panel, onFullScreen }: Props) {
  const [event, openEvent, closeEvent] = useOpen();
  const { name, onvif } = camera;
  const past = () => href("playback", { camera: name, time: Math.floor(Date.now() / 1000) - BACK_S });
  const turn = (one: Panel) => setQuery({ panel: panel === one ? null : one });
  return (
    <div class="live-bar" role="toolbar" aria-label={t("live.tools")}>
      {session?.hasSound.value && <Sound muted={muted} onMute={onMute} />}
      <TalkButton key={stream} session={session} stream={stream} onTalk={() => onMute(false)} />
      <Button kind="quiet" icon={Camera} label={t("live.snapshot")} onClick={() => download(name, session)} />
      <Button
        kind="quiet"
        icon={History}
        label={t("live.back")}
        href={past()}
        onClick={(event) => {
          event.preventDefault();
          navigate(past());
        }}
      />
      {isAdmin.value && <Button kind="quiet" icon={CirclePlus} label={t("live.event")} onClick={openEvent} />}
      <span class="live-gap" />
      {onvif.host && (
        <Button
          kind="quiet"
          icon={Joystick}
          label={t("live.ptz")}
          pressed={panel === "ptz"}
          onClick={() => turn("ptz")}
        />
      )}
      <Button
        kind="quiet"
        icon={Layers}
        label={t("live.overlays")}
        pressed={panel === "overlays"}
        onClick={() => turn("overlays")}
      />
      <Button
        kind="quiet"
        icon={Gauge}
        label={t("live.streamPanel")}
        pressed={panel === "stream"}
        onClick={() => turn("stream")}
      />
      {isAdmin.value && (
        <Button
          kind="quiet"
          icon={SlidersHorizontal}
          label={t("live.switches")}
          pressed={panel === "switches"}
          onClick={() => turn("switches")}
        />
      )}
      <Button kind="quiet" icon={Maximize} label={t("live.fullScreen")} onClick={onFullScreen} />
      {event && <ManualEvent camera={name} onClose={closeEvent} />}
    </div>
  );
}

function Sound({ muted, onMute }: { muted: boolean; onMute: (muted: boolean) => void }) {
  const { volume } = choices();
  return (
    <div class="live-sound">
      <Button
        kind="quiet"
        icon={muted ? VolumeX : Volume2}
        label={muted ? t("live.soundOn") : t("live.soundOff")}
        pressed={!muted}
        onClick={() => onMute(!muted)}
      />
      <input
        type="range"
        min={0}
        max={1}
        step={0.05}
        value={muted ? 0 : volume}
        aria-label={t("live.volume")}
        onInput={(event) => {
          const value = Number(event.currentTarget.value);
          if (value > 0) choose({ volume: value });
          onMute(value === 0);
        }}
      />
    </div>
  );
}
