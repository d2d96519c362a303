import { useEffect, useRef } from "preact/hooks";
import { t } from "../../../i18n/i18n";
import { address } from "../../../lib/api";
import { cameraName } from "../../../lib/config";

/** The pictures that are analysed, with what is seen in them: slower than video, but boxes and motion fit exactly. */
export function AnalysisPicture({ camera }: { camera: string }) {
  const image = useRef<HTMLImageElement>(null);
  const drawn = { bbox: 1, motion: 1, regions: 1, paths: 1, zones: 1, mask: 1, timestamp: 1, fps: 5, h: 720 };
  useEffect(() => {
    const element = image.current as HTMLImageElement;
    const follow = () => {
      element.src = document.hidden ? "" : address(`api/${encodeURIComponent(camera)}`, drawn);
    };
    follow();
    document.addEventListener("visibilitychange", follow);
    return () => {
      document.removeEventListener("visibilitychange", follow);
      element.src = ""; // ends the request, which would go on for ever
    };
  }, [camera]);
  return <img ref={image} class="live-analysis" alt={t("live.analysisOf", { camera: cameraName(camera) })} />;
}
