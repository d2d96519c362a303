import { Field, Switch } from "../../../components/Field";
import { t } from "../../../i18n/i18n";
import { config } from "../../../lib/config";
import { toastError } from "../../../lib/toasts";
import { saveConfig } from "../save";
import { Severities } from "./Severities";

interface Notifications {
  enabled: boolean;
  enabled_in_config?: boolean;
  email?: string | null;
  cooldown: number;
  severities: string[];
}

/** What counts for all cameras; written at once. */
export function General() {
  const now = config.value?.notifications as unknown as Notifications | undefined;
  if (!now) return null;
  const save = (changes: Partial<Record<keyof Notifications, unknown>>) =>
    void saveConfig({ notifications: changes }).catch(toastError);
  return (
    <section class="card card-body">
      <h3>{t("settings.push.all")}</h3>
      <Switch
        label={t("settings.push.enabled")}
        checked={now.enabled_in_config ?? now.enabled}
        onChange={(enabled) => save({ enabled })}
      />
      <div class="field">
        <span class="label">{t("settings.push.severities")}</span>
        <Severities chosen={now.severities} onChange={(severities) => save({ severities })} />
      </div>
      <div class="settings-fields">
        <Field
          label={t("settings.push.cooldown")}
          hint={t("settings.push.cooldown.hint")}
          type="number"
          min={0}
          defaultValue={String(now.cooldown)}
          onChange={(event: Event) => {
            const { value } = event.currentTarget as HTMLInputElement;
            if (Number(value) !== now.cooldown) save({ cooldown: Math.max(0, Number(value) || 0) });
          }}
        />
        <Field
          label={t("settings.push.email")}
          hint={t("settings.push.email.hint")}
          type="email"
          autocomplete="email"
          defaultValue={now.email ?? ""}
          onChange={(event: Event) => {
            const { value } = event.currentTarget as HTMLInputElement;
            if (value !== (now.email ?? "")) save({ email: value || null });
          }}
        />
      </div>
    </section>
  );
}
