import { useEffect, useState } from "preact/hooks";
import { t } from "../../../i18n/i18n";
import { address } from "../../../lib/api";
import { type CameraConfig, cameraName } from "../../../lib/config";

const EVERY_MS = 1000;

/** The camera's newest picture; the next one is shown once it is there. */
export function CanvasPicture({ camera }: { camera: CameraConfig }) {
  const [source, setSource] = useState("");
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let gone = false;
    let timer: ReturnType<typeof setTimeout>;
    const next = () => {
      if (gone) return;
      const image = new Image();
      const wait = () => {
        if (!gone) timer = setTimeout(next, EVERY_MS);
      };
      image.onload = () => {
        if (!gone) setSource(image.src);
        setFailed(false);
        wait();
      };
      image.onerror = () => {
        setFailed(true);
        wait();
      };
      if (document.hidden) wait();
      else image.src = address(`api/${encodeURIComponent(camera.name)}/latest.jpg`, { height: 720, t: Date.now() });
    };
    if (camera.enabled) next();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [camera.name, camera.enabled]);
  return (
    <>
      {source && <img class="zones-picture" src={source} alt={cameraName(camera.name)} />}
      {(failed || !camera.enabled) && (
        <p class="zones-hint small">{t(camera.enabled ? "settings.zones.noPicture" : "settings.camera.off")}</p>
      )}
    </>
  );
}
