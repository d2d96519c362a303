import { FlaskConical } from "lucide";
import { useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Field, Select, Switch } from "../../components/Field";
import { Skeleton } from "../../components/states";
import { t } from "../../i18n/i18n";
import { toast } from "../../lib/toasts";
import { edge, type SensorConfig, type SensorType, useEdge } from "./api";
import { Wiring } from "./Wiring";

const LINES = Array.from({ length: 28 }, (_, line) => [String(line), `GPIO${line}`] as const);

interface Props {
  config: SensorConfig;
  onSaved: () => Promise<void>;
}

/** Which sensor there is, how it is connected, and when it triggers. */
export function SensorForm({ config, onSaved }: Props) {
  const types = useEdge<SensorType[]>("types", "sensor/types").data;
  const [draft, setDraft] = useState(config);
  if (!types) return <Skeleton height={420} />;
  const type = types.find((one) => one.type === draft.type);
  const change = (changes: Partial<SensorConfig>) => setDraft({ ...draft, ...changes });
  const save = async () => {
    // Whether it is armed is changed elsewhere on the page.
    const body = { ...draft, enabled: config.enabled };
    const answer = await edge<{ armed: boolean; warning?: string }>("sensor/configure", body);
    toast(answer.warning ?? t(answer.armed || !body.enabled ? "edge.saved" : "edge.savedNotArmed"));
    await onSaved();
  };
  return (
    <section class="card card-body" aria-labelledby="edge-setup">
      <h2 id="edge-setup">{t("edge.setup")}</h2>
      <div class="edge-setup">
        <div class="stack">
          <Select
            label={t("edge.type")}
            value={draft.type}
            options={types.map((one) => [one.type, `${one.name} (${one.module})`] as const)}
            onChange={(chosen) => {
              const next = types.find((one) => one.type === chosen);
              change({ type: chosen, gpio: next?.default_gpio ?? null, calibration: {} });
            }}
          />
          {type && (
            <p class="soft small">
              {type.description} {type.use_case}.
            </p>
          )}
          {type?.default_gpio !== null && (
            <Select
              label={t("edge.line")}
              value={String(draft.gpio ?? type?.default_gpio ?? 0)}
              options={LINES}
              onChange={(line) => change({ gpio: Number(line) })}
            />
          )}
          <Field
            label={t("edge.hold")}
            hint={t("edge.holdHint")}
            type="number"
            min={0}
            max={3600}
            value={String(draft.hold_seconds)}
            onText={(text) => change({ hold_seconds: Number(text) })}
          />
          <Switch
            label={t("edge.invert")}
            checked={draft.invert_logic}
            onChange={(invert_logic) => change({ invert_logic })}
          />
          {type?.calibration.map((one) => (
            <Field
              key={one.key}
              label={one.unit ? `${one.name} (${one.unit})` : one.name}
              hint={one.description}
              type="number"
              min={one.min}
              max={one.max}
              value={String(draft.calibration[one.key] ?? one.default)}
              onText={(text) => change({ calibration: { ...draft.calibration, [one.key]: Number(text) } })}
            />
          ))}
          <div class="row">
            <Button kind="main" onClick={save}>
              {t("common.save")}
            </Button>
            <PinTest draft={draft} saved={config} />
          </div>
        </div>
        {type && <Wiring type={type} gpio={draft.gpio} />}
      </div>
    </section>
  );
}

interface Tested {
  value: boolean | null;
  would_trigger: boolean | null;
  message?: string;
}

/** Reads the sensor's line once. */
function PinTest({ draft, saved }: { draft: SensorConfig; saved: SensorConfig }) {
  const [found, setFound] = useState<Tested | null>(null);
  const test = async () => {
    setFound(null);
    const body = draft.gpio === null ? { type: draft.type } : { type: draft.type, gpio: draft.gpio };
    setFound(await edge<Tested>("sensor/test", body));
  };
  return (
    <>
      <Button icon={FlaskConical} onClick={test}>
        {t("edge.test")}
      </Button>
      {found && <output class="small">{said(found, draft, saved)}</output>}
    </>
  );
}

function said({ value, would_trigger, message }: Tested, draft: SensorConfig, saved: SensorConfig): string {
  if (value === null) return message ?? t("edge.testNothing");
  const level = t(value ? "edge.high" : "edge.low");
  if (would_trigger === null) return level;
  // The answer counts the inversion that is saved for this line.
  const counted = saved.type === draft.type && saved.gpio === draft.gpio && saved.invert_logic;
  return `${level} · ${t(would_trigger !== (counted !== draft.invert_logic) ? "edge.triggers" : "edge.rests")}`;
}
