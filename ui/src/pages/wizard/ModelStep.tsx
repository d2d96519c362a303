import { useSignal } from "@preact/signals";
import { ArrowLeft, Plus } from "lucide";
import { Button } from "../../components/Button";
import { Chips } from "../../components/Chips";
import { Skeleton, Trouble } from "../../components/states";
import { label, t } from "../../i18n/i18n";
import { knownLabels } from "../settings/labels";
import { ModelChoice } from "../settings/models/ModelChoice";
import { useModels } from "../settings/models/use";
import { saveConfig } from "../settings/save";
import { cameraKey, cameraSection, draft, set } from "./state";
import { go } from "./WizardPage";

/** What recognises objects; then the camera is added. */
export function ModelStep() {
  const failed = useSignal<unknown>(null);
  const { detectOn } = draft.value;
  const finish = async () => {
    failed.value = null;
    const key = cameraKey.value;
    try {
      await saveConfig({ cameras: { [key]: cameraSection.value } });
      set({ added: key });
      go("done");
    } catch (error) {
      failed.value = error;
    }
  };
  return (
    <div class="stack">
      {detectOn ? <Detection /> : <p class="soft">{t("wizard.model.off")}</p>}
      {failed.value ? <Trouble error={failed.value} /> : null}
      <div class="wizard-foot">
        <Button icon={ArrowLeft} onClick={() => go("record")}>
          {t("common.back")}
        </Button>
        <Button kind="main" icon={Plus} onClick={finish}>
          {t("wizard.model.finish")}
        </Button>
      </div>
    </div>
  );
}

function Detection() {
  const models = useModels();
  const { track } = draft.value;
  const chosen = track.length ? track : ["person"];
  const inUse = models.data?.in_use ?? [];
  return (
    <>
      <p class="soft">{inUse.length ? t("wizard.model.inUse", { name: inUse.join(", ") }) : t("wizard.model.about")}</p>
      {knownLabels.value.length > 1 && (
        <div class="field">
          <span class="label">{t("settings.form.track")}</span>
          <Chips
            label={t("settings.form.track")}
            options={knownLabels.value.map((name) => [name, label(name)] as const)}
            chosen={chosen}
            onChange={(to) => set({ track: to })}
          />
        </div>
      )}
      {models.error && !models.data && <Trouble error={models.error} onRetry={models.refresh} />}
      {!models.data && !models.error && <Skeleton height={180} />}
      {models.data && <ModelChoice models={models.data} onChanged={models.refresh} />}
    </>
  );
}
