import { useEffect, useState } from "preact/hooks";
import { Select } from "../../components/Field";
import { LookFields } from "../../components/LookFields";
import { t } from "../../i18n/i18n";
import { type Prefs, prefs, setPrefs } from "../../lib/prefs";
import { fullTime, zone } from "../../lib/time";

/** How the page looks to this user: kept with the account, so that phone and desktop agree. */
export default function AppearancePart() {
  const { clock } = prefs.value;
  return (
    <div class="card card-body">
      <p class="soft small">{t("settings.appearance.kept")}</p>
      <div class="settings-fields">
        <LookFields />
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
