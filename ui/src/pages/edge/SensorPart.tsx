import { Shield, ShieldAlert, ShieldCheck, ShieldOff, UserCheck } from "lucide";
import { useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { Skeleton, Trouble } from "../../components/states";
import { t } from "../../i18n/i18n";
import { isAdmin } from "../../lib/session";
import { duration } from "../../lib/time";
import { edge, type SensorStatus, useEdge } from "./api";
import { Modes } from "./Modes";
import { Outputs } from "./Outputs";
import { SensorForm } from "./SensorForm";

/** The sensor as it is now, modes, outputs, and the sensor's settings. */
export function SensorPart() {
  const { data, error, refresh } = useEdge<SensorStatus>("sensor", "sensor/status");
  if (error && !data) return <Trouble error={error} onRetry={refresh} />;
  if (!data) return <Skeleton height={320} />;
  return (
    <>
      <div class="edge-columns">
        <StateCard status={data} onChanged={refresh} />
        <Modes />
        <Outputs />
      </div>
      {isAdmin.value && (
        <SensorForm key={JSON.stringify({ ...data.config, enabled: null })} config={data.config} onSaved={refresh} />
      )}
    </>
  );
}

const LOOKS = {
  off: { icon: ShieldOff, badge: "" },
  idle: { icon: Shield, badge: "detection" },
  armed: { icon: ShieldCheck, badge: "good" },
  suppressed: { icon: UserCheck, badge: "sensor" },
  triggered: { icon: ShieldAlert, badge: "alert" },
  holding: { icon: ShieldAlert, badge: "alert" },
} as const;

/** What the sensor does, in one word. */
export function stateOf(status: SensorStatus): keyof typeof LOOKS {
  if (!status.enabled) return "off";
  if (status.triggered && status.suppressed) return "suppressed";
  if (status.triggered) return "triggered";
  if (status.recording_from_sensor) return "holding";
  return status.armed ? "armed" : "idle";
}

function StateCard({ status, onChanged }: { status: SensorStatus; onChanged: () => Promise<void> }) {
  const [sent, setSent] = useState(false);
  const state = stateOf(status);
  const { icon, badge } = LOOKS[state];
  const act = async (path: string) => {
    setSent(true);
    try {
      await edge(path, {});
      await onChanged();
    } finally {
      setSent(false);
    }
  };
  const mock = status.sensor?.type === "mock" && status.armed;
  return (
    <section class="card card-body" aria-labelledby="edge-state">
      <h2 id="edge-state">{t("edge.sensor")}</h2>
      <div class="edge-state" role="status">
        <Icon icon={icon} size={32} />
        <div>
          <span class={`badge ${badge}`}>{t(`edge.state.${state}`)}</span>
          <p class="soft small">{t(`edge.means.${state}`)}</p>
        </div>
      </div>
      {status.sensor && (
        <p class="small">
          {status.sensor.name}
          {status.sensor.gpio !== null && ` · GPIO${status.sensor.gpio}`}
          {status.hold_remaining_seconds !== null &&
            ` · ${t("edge.holds", { time: duration(status.hold_remaining_seconds) })}`}
        </p>
      )}
      {status.sensor_error && (
        <p class="edge-problem small" role="alert">
          {status.sensor_error}
        </p>
      )}
      {isAdmin.value && (
        <div class="row">
          <Button
            kind={status.enabled ? "plain" : "main"}
            disabled={sent}
            onClick={() => act(status.enabled ? "sensor/disable" : "sensor/enable")}
          >
            {t(status.enabled ? "edge.disarm" : "edge.arm")}
          </Button>
          {mock && (
            <Button disabled={sent} onClick={() => act(`sensor/mock/${status.triggered ? "release" : "trigger"}`)}>
              {t(status.triggered ? "edge.mockRelease" : "edge.mockTrigger")}
            </Button>
          )}
        </div>
      )}
    </section>
  );
}
