import { Send, Trash2 } from "lucide";
import { Button } from "../../../components/Button";
import { t } from "../../../i18n/i18n";
import { json } from "../../../lib/api";
import { kept, turnOff } from "../../../lib/push";
import { profile } from "../../../lib/session";
import { ago, fullTime } from "../../../lib/time";
import { toast } from "../../../lib/toasts";
import type { Device } from "./types";

/** The browsers that get notifications, and when each got one last. */
export function Devices({ devices, onChanged }: { devices: Device[]; onChanged: () => Promise<void> }) {
  const own = profile.value?.username;
  const test = async (id: string) => {
    const answer = await json<{ message: string }>("api/notifications/test", { method: "POST", body: { device: id } });
    toast(answer.message);
    await onChanged();
  };
  const remove = async (id: string) => {
    // This browser would register again at its next start.
    if (id === kept()?.id) await turnOff();
    else await json(`api/notifications/devices/${encodeURIComponent(id)}`, { method: "DELETE" });
    await onChanged();
  };
  return (
    <section class="settings-section">
      <h3>{t("settings.push.devices")}</h3>
      {devices.length === 0 && <p class="soft small">{t("settings.push.noDevices")}</p>}
      {devices.length > 0 && (
        <ul class="card settings-list">
          {devices.map((one) => (
            <li key={one.id}>
              <div class="grow">
                <span class="row">
                  <strong>{one.name}</strong>
                  {one.id === kept()?.id && <span class="badge good">{t("settings.push.thisDevice")}</span>}
                </span>
                <span class="small soft">
                  {one.user} · {one.service}
                </span>
                <Delivered device={one} />
              </div>
              {one.user === own && (
                <Button icon={Send} onClick={() => test(one.id)}>
                  {t("settings.push.test")}
                </Button>
              )}
              <Button kind="quiet" icon={Trash2} label={t("settings.push.forget")} onClick={() => remove(one.id)} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Delivered({ device: { delivered_at, failed_at, error } }: { device: Device }) {
  const wrong = failed_at !== null && failed_at > (delivered_at ?? 0);
  return (
    <span class="small">
      {delivered_at === null ? (
        <span class="soft">{t("settings.push.never")}</span>
      ) : (
        <span title={fullTime(delivered_at)}>{t("settings.push.delivered", { ago: ago(delivered_at) })}</span>
      )}
      {wrong && (
        <span class="notifications-error">
          {" "}
          {t("settings.push.failed", { ago: ago(failed_at), error: error ?? "" })}
        </span>
      )}
    </span>
  );
}
