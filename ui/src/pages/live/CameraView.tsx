import { signal } from "@preact/signals";
import { ArrowLeft, ChevronLeft, ChevronRight, X } from "lucide";
import { useRef, useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { t, type Word } from "../../i18n/i18n";
import { json } from "../../lib/api";
import { type CameraConfig, cameraName, config } from "../../lib/config";
import { useKeys } from "../../lib/keys";
import { href, navigate, query, setQuery } from "../../lib/router";
import { isAdmin } from "../../lib/session";
import { Birdseye } from "../../player/Birdseye";
import { LivePlayer } from "../../player/LivePlayer";
import type { LiveSession } from "../../player/session";
import { goneOf, severityOf, troubleOf } from "./activity";
import { BIRDSEYE, birdseyeRatio } from "./BirdseyeTile";
import { choices } from "./choices";
import { streamOf } from "./order";
import { AnalysisPicture } from "./single/AnalysisPicture";
import { turnFullScreen } from "./single/fullscreen";
import { Overlay } from "./single/Overlay";
import { OverlayPanel } from "./single/OverlayPanel";
import { Ptz } from "./single/Ptz";
import { type Panel, panelOf } from "./single/panels";
import type { SingleProps } from "./single/Single";
import { StreamPanel } from "./single/StreamPanel";
import { Switches } from "./single/Switches";
import { Toolbar } from "./single/Toolbar";
import { useSwipe } from "./single/useSwipe";
import "./single/single.css";

/** Whether sound is on; it stays so from one camera to the next. */
const muted = signal(true);

/** One camera, as large as the page, and what can be done with it. */
export default function CameraView({ name, shown, group }: SingleProps) {
  const stage = useRef<HTMLDivElement>(null);
  const camera = config.value?.cameras[name];
  const names = shown.map((one) => one.name);
  const go = (to: string | undefined) =>
    to && navigate(href("", { camera: to, group, panel: query.peek().get("panel") }), { replace: true });
  const step = (by: number) => names.length > 1 && go(names.at((names.indexOf(name) + by) % names.length));
  const swipe = useSwipe(step);
  const back = href("", { group });
  const panel = panelOf(query.value.get("panel"));
  useKeys([
    { key: "Escape", does: t("live.all"), run: () => navigate(back) },
    { key: "f", does: t("live.fullScreen"), run: () => turnFullScreen(stage.current) },
    { key: "m", does: t("live.key.mute"), run: () => (muted.value = !muted.value) },
    ...(panel === "ptz"
      ? []
      : [
          { key: "ArrowLeft", does: t("live.previousCamera"), run: () => void step(-1) },
          { key: "ArrowRight", does: t("live.nextCamera"), run: () => void step(1) },
        ]),
  ]);
  const ratio = camera ? camera.detect.width / camera.detect.height : birdseyeRatio();

  return (
    <main class="page live live-single" id="content">
      <div class="page-head">
        <Button kind="quiet" icon={ArrowLeft} label={t("live.all")} href={back} />
        <h1 class="ellipsis">{camera ? cameraName(name) : t("live.birdseye")}</h1>
        {names.length > 1 && camera && (
          <span class="live-steps">
            <Button kind="quiet" icon={ChevronLeft} label={t("live.previousCamera")} onClick={() => void step(-1)} />
            <Button kind="quiet" icon={ChevronRight} label={t("live.nextCamera")} onClick={() => void step(1)} />
          </span>
        )}
      </div>
      {camera ? (
        <One key={name} camera={camera} ratio={ratio} stage={stage} panel={panel} swipe={swipe} />
      ) : (
        <div ref={stage} class="live-stage" style={{ "--ratio": ratio }} data-camera={BIRDSEYE}>
          <Birdseye label={t("live.birdseye")} />
        </div>
      )}
    </main>
  );
}

interface OneProps {
  camera: CameraConfig;
  ratio: number;
  stage: { current: HTMLDivElement | null };
  panel: Panel | null;
  swipe: ReturnType<typeof useSwipe>;
}

function One({ camera, ratio, stage, panel, swipe }: OneProps) {
  const [session, setSession] = useState<LiveSession | null>(null);
  const { overlays, streams, mode, volume } = choices();
  const { name, live } = camera;
  const stream = streamOf(name, live.streams, streams[name] ?? null, false);
  const severity = severityOf(name, false) ?? "";
  const analysis = overlays.includes("analysis");
  return (
    <div class={panel ? "live-room with-panel" : "live-room"}>
      <div class="live-main">
        <div ref={stage} class={`live-stage ${severity}`} style={{ "--ratio": ratio }} data-camera={name} {...swipe}>
          {analysis ? (
            <AnalysisPicture camera={name} />
          ) : (
            <LivePlayer
              camera={name}
              src={stream}
              mode={mode}
              label={cameraName(name)}
              sound
              muted={muted.value}
              volume={volume}
              gone={goneOf(name)}
              stillHeight={720}
              onSession={setSession}
            >
              <Overlay camera={camera} kinds={overlays} />
            </LivePlayer>
          )}
        </div>
        <Trouble camera={name} />
        <Toolbar
          camera={camera}
          stream={stream}
          session={session}
          muted={muted.value}
          onMute={(value) => (muted.value = value)}
          panel={panel}
          onFullScreen={() => turnFullScreen(stage.current)}
        />
      </div>
      {panel && <Side camera={camera} panel={panel} session={session} />}
    </div>
  );
}

const TITLES: Record<Panel, Word> = {
  ptz: "live.ptz",
  overlays: "live.overlays",
  stream: "live.streamPanel",
  switches: "live.switches",
};

function Side({ camera, panel, session }: { camera: CameraConfig; panel: Panel; session: LiveSession | null }) {
  if (panel === "switches" && !isAdmin.value) return null;
  if (panel === "ptz" && !camera.onvif.host) return null;
  return (
    <aside class="live-panel card" aria-label={t(TITLES[panel])}>
      <div class="live-panel-head">
        <h2>{t(TITLES[panel])}</h2>
        <Button kind="quiet" icon={X} label={t("common.close")} onClick={() => setQuery({ panel: null })} />
      </div>
      {panel === "ptz" && <Ptz camera={camera.name} />}
      {panel === "overlays" && <OverlayPanel />}
      {panel === "stream" && <StreamPanel camera={camera} session={session} />}
      {panel === "switches" && <Switches camera={camera} />}
    </aside>
  );
}

/** What is wrong with what the camera sees; an administrator can say that it is meant so. */
function Trouble({ camera }: { camera: string }) {
  const trouble = troubleOf(camera);
  if (!trouble) return null;
  const accept = () => json(`api/${encodeURIComponent(camera)}/camera_health/accept`, { method: "POST" });
  return (
    <div class="trouble" role="status">
      <span>
        {trouble.text} {trouble.action}
      </span>
      {isAdmin.value && <Button onClick={accept}>{t("live.acceptView")}</Button>}
    </div>
  );
}
