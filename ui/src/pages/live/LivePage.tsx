import { Video } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { Empty } from "../../components/states";
import { t } from "../../i18n/i18n";
import { address } from "../../lib/api";
import { cameraName, cameras } from "../../lib/config";
import "./live.css";

const STILL_MS = 1000;

/** The newest pictures of all cameras. */
export default function LivePage() {
  return (
    <main class="page" id="content">
      <h1 class="hidden-text">{t("nav.live")}</h1>
      {cameras.value.length === 0 && <Empty icon={Video} title={t("live.none")} />}
      <ul class="live-grid">
        {cameras.value.map(({ name, detect }) => (
          <li key={name} class="card">
            <Still camera={name} ratio={detect.width / detect.height} />
            <p class="live-name ellipsis">{cameraName(name)}</p>
          </li>
        ))}
      </ul>
    </main>
  );
}

function Still({ camera, ratio }: { camera: string; ratio: number }) {
  const [at, setAt] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => document.hidden || setAt(Date.now()), STILL_MS);
    return () => clearInterval(timer);
  }, []);
  const source = address(`api/${encodeURIComponent(camera)}/latest.jpg`, { height: 480, t: at });
  return <img class="live-picture" src={source} alt={cameraName(camera)} style={{ aspectRatio: ratio }} />;
}
