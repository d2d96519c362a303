import { useEffect, useState } from "preact/hooks";
import { Select } from "../../components/Field";
import { LANGUAGES, t } from "../../i18n/i18n";
import { config } from "../../lib/config";
import { type Prefs, prefs, setPrefs } from "../../lib/prefs";
import { fullTime, zone } from "../../lib/time";

/** How the page looks to this user: kept with the account, so that phone and desktop agree. */
export default function AppearancePart() {
  const { theme, language, zone: whose, clock } = prefs.value;
  const languages = Object.entries(LANGUAGES).map(([key, { name }]) => [key, name] as const);
  const viewers = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <div class="card card-body">
      <p class="soft small">{t("settings.appearance.kept")}</p>
      <div class="settings-fields">
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
          value={whose}
          options={[
            ["viewer", `${t("shell.times.viewer")} (${viewers})`],
            ["camera", `${t("shell.times.camera")} (${config.value?.ui.timezone || viewers})`],
          ]}
          onChange={(value) => setPrefs({ zone: value })}
        />
        <Select<Prefs["clock"]>
          label={t("settings.clock")}
          value={clock}
          options={[
            ["browser", t("settings.clock.language")],
            ["24hour", t("settings.clock.24")],
            ["12hour", t("settings.clock.12")],
          ]}
          onChange={(value) => setPrefs({ clock: value })}
        />
      </div>
      <Now />
    </div>
  );
}

function Now() {
  const [now, setNow] = useState(Date.now() / 1000);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() / 1000), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <p class="soft figures">
      {t("settings.clock.now", { time: fullTime(now) })} · {zone.value.replaceAll("_", " ")}
    </p>
  );
}
