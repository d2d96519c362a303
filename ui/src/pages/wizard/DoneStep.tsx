import { useSignal } from "@preact/signals";
import { LoaderCircle, MonitorPlay, Plus, VectorSquare } from "lucide";
import { useEffect } from "preact/hooks";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { t } from "../../i18n/i18n";
import { address } from "../../lib/api";
import { cameraName } from "../../lib/config";
import { href } from "../../lib/router";
import { another, draft } from "./state";
import { go } from "./WizardPage";

const EVERY_MS = 700;

/** The camera is there: its first picture, and what may come next. */
export function DoneStep() {
  const { added } = draft.value;
  return (
    <div class="stack">
      <p class="soft">{t("wizard.done.about", { camera: cameraName(added) })}</p>
      <FirstPicture camera={added} />
      <div class="wizard-foot">
        <Button
          icon={Plus}
          onClick={() => {
            another();
            go("find");
          }}
        >
          {t("wizard.done.another")}
        </Button>
        <Button icon={VectorSquare} href={href("settings", { part: "zones", camera: added })}>
          {t("wizard.done.zones")}
        </Button>
        <Button kind="main" icon={MonitorPlay} href={href("")}>
          {t("wizard.done.live")}
        </Button>
      </div>
    </div>
  );
}

/** The newest picture, as soon as there is one. */
function FirstPicture({ camera }: { camera: string }) {
  const source = useSignal("");
  useEffect(() => {
    let gone = false;
    let timer: ReturnType<typeof setTimeout>;
    const next = async () => {
      // Before the camera has frames its picture would be an error in the console each time.
      const path = address(`api/${encodeURIComponent(camera)}/latest.jpg`, { height: 480, t: Date.now() });
      const stats = await fetch(address("api/stats"))
        .then((answer) => answer.json())
        .catch(() => null);
      if (gone) return;
      if (stats?.cameras?.[camera]?.camera_fps > 0) source.value = path;
      timer = setTimeout(next, EVERY_MS);
    };
    void next();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [camera]);
  return (
    <div class="wizard-picture wizard-first">
      {source.value ? (
        <img src={source.value} alt={cameraName(camera)} />
      ) : (
        <p class="row" role="status">
          <Icon icon={LoaderCircle} spin /> {t("wizard.done.waiting")}
        </p>
      )}
    </div>
  );
}
