import { LANGUAGES, t } from "../i18n/i18n";
import { config } from "../lib/config";
import { type Prefs, prefs, setPrefs } from "../lib/prefs";
import { Select } from "./Field";

/** Theme, language, and whose zone times are shown in: in the window of the account and in the settings. */
export function LookFields() {
  const { theme, language, zone } = prefs.value;
  const languages = Object.entries(LANGUAGES).map(([key, { name }]) => [key, name] as const);
  const viewers = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <>
      <Select<Prefs["theme"]>
        label={t("shell.theme")}
        value={theme}
        options={[
          ["auto", t("shell.theme.auto")],
          ["light", t("shell.theme.light")],
          ["dark", t("shell.theme.dark")],
        ]}
        onChange={(value) => setPrefs({ theme: value })}
      />
      <Select
        label={t("shell.language")}
        value={language}
        options={[["auto", t("shell.theme.auto")], ...languages]}
        onChange={(value) => setPrefs({ language: value })}
      />
      <Select<Prefs["zone"]>
        label={t("shell.times")}
        value={zone}
        options={[
          ["viewer", `${t("shell.times.viewer")} (${viewers})`],
          ["camera", `${t("shell.times.camera")} (${config.value?.ui.timezone || viewers})`],
        ]}
        onChange={(value) => setPrefs({ zone: value })}
      />
    </>
  );
}
