import { BellOff, BellRing } from "lucide";
import { Button } from "../../../components/Button";
import { Switch } from "../../../components/Field";
import { Menu } from "../../../components/Menu";
import { t } from "../../../i18n/i18n";
import { cameraName, config } from "../../../lib/config";
import { isAdmin } from "../../../lib/session";
import { send, topic } from "../../../lib/socket";
import { midnight, shortTime } from "../../../lib/time";
import { toastError } from "../../../lib/toasts";
import { saveCamera } from "../save";
import { Severities } from "./Severities";
import type { CameraState } from "./types";

interface Props {
  states: Record<string, CameraState>;
  onChanged: () => Promise<void>;
}

/** Which cameras tell of what; viewers see it, administrators change it. */
export function CameraList({ states, onChanged }: Props) {
  return (
    <section class="settings-section">
      <h3>{t("settings.push.cameras")}</h3>
      <ul class="card settings-list">
        {Object.entries(states).map(([name, state]) => (
          <CameraLine key={name} name={name} state={state} onChanged={onChanged} />
        ))}
      </ul>
    </section>
  );
}

function CameraLine({ name, state, onChanged }: { name: string; state: CameraState; onChanged: Props["onChanged"] }) {
  const until = topic<number>(`${name}/notifications/suspended`).value ?? state.suspended_until;
  const suspended = until > Date.now() / 1000;
  const file = config.value?.cameras[name]?.notifications as
    | { enabled_in_config?: boolean; severities?: string[] }
    | undefined;
  const save = (changes: Record<string, unknown>) =>
    saveCamera(name, { notifications: changes }).then(onChanged).catch(toastError);
  return (
    <li>
      <div class="grow">
        <strong>{cameraName(name)}</strong>
        {suspended && <span class="small soft">{t("settings.push.suspendedUntil", { time: shortTime(until) })}</span>}
      </div>
      {isAdmin.value ? (
        <>
          {state.enabled && (
            <Severities
              label={`${t("settings.push.severities")}: ${cameraName(name)}`}
              chosen={file?.severities ?? ["alert"]}
              onChange={(severities) => void save({ severities })}
            />
          )}
          {state.enabled && <Suspend name={name} suspended={suspended} />}
          <Switch
            label={<span class="hidden-text">{t("settings.push.of", { camera: cameraName(name) })}</span>}
            checked={file?.enabled_in_config ?? state.enabled}
            onChange={(enabled) => void save({ enabled })}
          />
        </>
      ) : (
        <span class={state.enabled ? "badge good" : "badge"}>{t(state.enabled ? "common.on" : "common.off")}</span>
      )}
    </li>
  );
}

function Suspend({ name, suspended }: { name: string; suspended: boolean }) {
  const order = (minutes: number) => {
    if (!send(`${name}/notifications/suspend`, minutes)) toastError(new Error(t("error.unreachable")));
  };
  if (suspended) {
    return (
      <Button icon={BellRing} onClick={() => order(0)}>
        {t("settings.push.resume")}
      </Button>
    );
  }
  const now = Date.now() / 1000;
  const tomorrow = Math.ceil((midnight(now, 1) + 8 * 3600 - now) / 60);
  return (
    <Menu
      label={t("settings.push.suspend")}
      icon={BellOff}
      items={[
        { text: t("settings.push.minutes", { n: 30 }), onSelect: () => order(30) },
        { text: t("settings.push.hours", { n: 1 }), onSelect: () => order(60) },
        { text: t("settings.push.hours", { n: 8 }), onSelect: () => order(480) },
        { text: t("settings.push.tomorrow"), onSelect: () => order(tomorrow) },
      ]}
    />
  );
}
