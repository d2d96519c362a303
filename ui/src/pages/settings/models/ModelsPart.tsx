import { useSignal } from "@preact/signals";
import { Skeleton, Trouble } from "../../../components/states";
import { t } from "../../../i18n/i18n";
import { InstalledModels } from "./InstalledModels";
import { ModelChoice } from "./ModelChoice";
import { useModels } from "./use";

/** Detection models: those that are known by name, those that are installed, the one in use. */
export default function ModelsPart() {
  const models = useModels();
  const failed = useSignal<unknown>(null);
  if (models.error && !models.data) return <Trouble error={models.error} onRetry={models.refresh} />;
  if (!models.data) return <Skeleton height={240} />;
  return (
    <>
      <p class="soft">{t("settings.models.intro")}</p>
      {failed.value ? <Trouble error={failed.value} /> : null}
      <InstalledModels models={models.data} onChanged={models.refresh} />
      <section class="settings-section">
        <h3>{t("settings.models.known")}</h3>
        <ModelChoice models={models.data} onChanged={models.refresh} />
      </section>
    </>
  );
}
