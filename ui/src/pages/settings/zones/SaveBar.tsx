import { useSignal } from "@preact/signals";
import { FlaskConical, Save, Undo2 } from "lucide";
import { Button } from "../../../components/Button";
import { Trouble } from "../../../components/states";
import { t } from "../../../i18n/i18n";
import type { CameraConfig } from "../../../lib/config";
import { saveCamera } from "../save";
import { startTrial } from "../trial/start";
import { baseOf, setSteps, stepsOf } from "./drafts";
import { changes } from "./shapes";

/** Saves what was drawn, or tries it on last night's footage first. */
export function SaveBar({ camera, onSaved }: { camera: CameraConfig; onSaved: () => void }) {
  const failed = useSignal<unknown>(null);
  const data = changes(baseOf(camera.name), stepsOf(camera.name).now);
  if (!Object.keys(data).length) return null;
  const save = async () => {
    try {
      failed.value = null;
      await saveCamera(camera.name, data);
      setSteps(camera.name, null);
      onSaved();
    } catch (error) {
      failed.value = error;
    }
  };
  const tried = Object.keys(data).some((key) => key !== "privacy_masks");
  return (
    <>
      {failed.value ? <Trouble error={failed.value} /> : null}
      <div class="settings-foot">
        <span class="grow soft small">{t("settings.zones.unsaved")}</span>
        <Button icon={Undo2} onClick={() => setSteps(camera.name, null)}>
          {t("settings.discard")}
        </Button>
        {tried && (
          <Button icon={FlaskConical} onClick={() => startTrial(camera.name, data)}>
            {t("settings.try")}
          </Button>
        )}
        <Button kind="main" icon={Save} onClick={save}>
          {t("common.save")}
        </Button>
      </div>
    </>
  );
}
