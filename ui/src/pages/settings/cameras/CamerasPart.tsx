import { Camera as CameraIcon, Plus } from "lucide";
import { Button } from "../../../components/Button";
import { Empty } from "../../../components/states";
import { t } from "../../../i18n/i18n";
import { config } from "../../../lib/config";
import { href, query } from "../../../lib/router";
import "./cameras.css";
import { CameraForm } from "./CameraForm";
import { CameraRow } from "./CameraRow";

/** All cameras; with `?camera=` the form of one. */
export default function CamerasPart() {
  const all = Object.values(config.value?.cameras ?? {}).sort((a, b) => a.ui.order - b.ui.order);
  const chosen = all.find(({ name }) => name === query.value.get("camera"));
  if (chosen) return <CameraForm key={chosen.name} camera={chosen} />;
  const add = (
    <Button kind="main" icon={Plus} href={href("wizard")}>
      {t("settings.addCamera")}
    </Button>
  );
  if (!all.length) {
    return (
      <div class="card">
        <Empty icon={CameraIcon} title={t("live.none")}>
          {add}
        </Empty>
      </div>
    );
  }
  return (
    <>
      <div class="row">{add}</div>
      <ul class="card settings-list">
        {all.map((camera) => (
          <CameraRow key={camera.name} camera={camera} />
        ))}
      </ul>
    </>
  );
}
