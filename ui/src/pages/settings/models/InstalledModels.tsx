import { useSignal } from "@preact/signals";
import { Trash2 } from "lucide";
import { Button } from "../../../components/Button";
import { Confirm } from "../../../components/Dialog";
import { t } from "../../../i18n/i18n";
import { json } from "../../../lib/api";
import { loadConfig } from "../../../lib/config";
import { toast } from "../../../lib/toasts";
import { size } from "../../../lib/units";
import type { Models } from "./use";

/** The models on this machine: which is in use, and which may go. */
export function InstalledModels({ models, onChanged }: { models: Models; onChanged: () => Promise<void> }) {
  const deleting = useSignal<string | null>(null);
  const path = (name: string) => `api/models/${encodeURIComponent(name)}`;
  const use = async (name: string) => {
    const { message } = await json<{ message: string }>(`${path(name)}/use`, { method: "POST" });
    toast(message);
    await Promise.all([onChanged(), loadConfig()]);
  };
  const remove = async (name: string) => {
    await json(path(name), { method: "DELETE" });
    await onChanged();
  };
  return (
    <section class="settings-section">
      <h3>{t("settings.models.installed")}</h3>
      {models.installed.length === 0 && <p class="card card-body soft">{t("settings.models.builtIn")}</p>}
      {models.installed.length > 0 && (
        <ul class="card settings-list">
          {models.installed.map((model) => (
            <li key={model.name}>
              <div class="grow">
                <strong>{model.name}</strong>
                <span class="small soft figures">
                  {size(model.size_bytes)}
                  {model.labels ? ` · ${t("settings.models.labels", { n: model.labels })}` : ""}
                </span>
              </div>
              {model.in_use ? (
                <span class="badge good">{t("settings.models.inUse")}</span>
              ) : (
                <>
                  <Button onClick={() => use(model.name)}>{t("settings.models.use")}</Button>
                  <Button
                    kind="quiet"
                    icon={Trash2}
                    label={t("common.delete")}
                    onClick={() => (deleting.value = model.name)}
                  />
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      {deleting.value && (
        <Confirm
          title={t("settings.models.delete.title", { name: deleting.value })}
          action={t("common.delete")}
          onConfirm={() => remove(deleting.value as string)}
          onClose={() => (deleting.value = null)}
        />
      )}
    </section>
  );
}
