import { useSignal } from "@preact/signals";
import { BellOff, BellRing, Send } from "lucide";
import { Button } from "../../../components/Button";
import { Trouble } from "../../../components/states";
import { t, type Word } from "../../../i18n/i18n";
import { json } from "../../../lib/api";
import { kept, obstacle, turnOff, turnOn } from "../../../lib/push";
import { toast } from "../../../lib/toasts";

/** The opt-in of this browser. */
export function ThisDevice({ serverOn, onChanged }: { serverOn: boolean; onChanged: () => Promise<void> }) {
  const on = useSignal(kept() !== null);
  const failed = useSignal<unknown>(null);
  const hindered = obstacle();
  const turn = async () => {
    failed.value = null;
    try {
      await (on.value ? turnOff() : turnOn());
      on.value = kept() !== null;
      await onChanged();
    } catch (error) {
      const name = error instanceof Error ? error.name : "";
      // Browsers say so in their own words, and in English alone.
      if (name === "NotAllowedError") failed.value = new Error(t("settings.push.denied"));
      else if (name === "AbortError") failed.value = new Error(t("settings.push.noService"));
      else failed.value = error;
    }
  };
  const test = async () => {
    const body = { device: kept()?.id };
    const answer = await json<{ message: string }>("api/notifications/test", { method: "POST", body });
    toast(answer.message);
    await onChanged();
  };
  const why = hindered && `settings.push.${hindered}`;
  return (
    <section class="card card-body">
      <h3>{t("settings.push.here")}</h3>
      <p class="soft">{t(on.value ? "settings.push.isOn" : "settings.push.about")}</p>
      {why && !on.value && <p class="notifications-note">{t(why as Word)}</p>}
      {!why && !serverOn && <p class="notifications-note">{t("settings.push.serverOff")}</p>}
      {failed.value ? <Trouble error={failed.value} /> : null}
      <div class="row">
        <Button
          kind={on.value ? "plain" : "main"}
          icon={on.value ? BellOff : BellRing}
          disabled={!on.value && (Boolean(why) || !serverOn)}
          onClick={turn}
        >
          {t(on.value ? "settings.push.turnOff" : "settings.push.turnOn")}
        </Button>
        {on.value && (
          <Button icon={Send} disabled={!serverOn} onClick={test}>
            {t("settings.push.test")}
          </Button>
        )}
      </div>
    </section>
  );
}
