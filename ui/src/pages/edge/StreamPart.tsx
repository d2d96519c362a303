import { useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Field, Select } from "../../components/Field";
import { Skeleton, Trouble } from "../../components/states";
import { t, type Word } from "../../i18n/i18n";
import { toast } from "../../lib/toasts";
import { edge, useEdge } from "./api";

type Value = number | string | boolean;
type Values = Record<string, Value>;

const STREAM = ["width", "height", "fps", "rotation_angle"];
const RANGES: Record<string, [low: number, high: number, step: number]> = {
  brightness: [-1, 1, 0.05],
  contrast: [0, 16, 0.1],
  saturation: [0, 16, 0.1],
  sharpness: [0, 16, 0.1],
  ev: [-10, 10, 0.5],
};
const CHOICES: Record<string, string[]> = {
  awb: ["auto", "incandescent", "tungsten", "fluorescent", "indoor", "daylight", "cloudy", "custom"],
  exposure: ["normal", "short", "long", "custom"],
  denoise: ["off", "cdn_off", "cdn_fast", "cdn_hq"],
  metering: ["centre", "spot", "matrix", "custom"],
};
const word = (name: string) => t(`edge.isp.${name}` as Word);

/** Size and rate of the stream, and the quality of the picture. */
export function StreamPart() {
  const { data, error, refresh } = useEdge<Values>("stream", "stream_settings");
  if (error && !data) return <Trouble error={error} onRetry={refresh} />;
  if (!data) return <Skeleton height={360} />;
  // Each form begins anew when its own values change: what is typed in the other one stays.
  const values = (own: boolean) =>
    JSON.stringify(Object.entries(data).filter(([name]) => STREAM.includes(name) === own));
  return (
    <div class="edge-columns">
      <StreamForm key={`stream ${values(true)}`} data={data} onSaved={refresh} />
      <QualityForm key={`quality ${values(false)}`} data={data} onSaved={refresh} />
    </div>
  );
}

interface Props {
  data: Values;
  onSaved: () => Promise<void>;
}

async function save(path: string, changes: Values, onSaved: () => Promise<void>): Promise<void> {
  const { warning } = await edge<{ warning?: string }>(path, changes);
  toast(warning ?? t("edge.saved"));
  await onSaved();
}

function StreamForm({ data, onSaved }: Props) {
  const [draft, setDraft] = useState<Values>({});
  const field = (name: string, low: number, high: number) => (
    <Field
      label={t(`edge.stream.${name}` as Word)}
      type="number"
      min={low}
      max={high}
      value={String(draft[name] ?? data[name])}
      onText={(text) => setDraft({ ...draft, [name]: Number(text) })}
    />
  );
  return (
    <section class="card card-body" aria-labelledby="edge-stream">
      <h2 id="edge-stream">{t("edge.stream")}</h2>
      {field("width", 320, 4608)}
      {field("height", 240, 3040)}
      {field("fps", 1, 120)}
      <Select
        label={t("edge.stream.rotation")}
        value={String(draft.rotation_angle ?? data.rotation_angle)}
        options={["0", "90", "180", "270"].map((one) => [one, `${one}°`] as const)}
        onChange={(angle) => setDraft({ ...draft, rotation_angle: Number(angle) })}
      />
      <div class="row">
        <Button
          kind="main"
          disabled={!Object.keys(draft).length}
          onClick={() => save("stream_settings", draft, onSaved)}
        >
          {t("common.save")}
        </Button>
      </div>
    </section>
  );
}

function QualityForm({ data, onSaved }: Props) {
  const [draft, setDraft] = useState<Values>({});
  const shown = { ...data, ...draft };
  const change = (name: string, value: Value) => setDraft({ ...draft, [name]: value });
  return (
    <section class="card card-body" aria-labelledby="edge-quality">
      <h2 id="edge-quality">{t("edge.quality")}</h2>
      {Object.entries(RANGES).map(([name, [low, high, step]]) => (
        <label key={name} class="edge-range small">
          <span>{word(name)}</span>
          <input
            type="range"
            min={low}
            max={high}
            step={step}
            value={Number(shown[name])}
            onInput={(event) => change(name, Number(event.currentTarget.value))}
          />
          <output class="figures">{String(shown[name])}</output>
        </label>
      ))}
      {Object.entries(CHOICES).map(([name, values]) => (
        <Select
          key={name}
          label={word(name)}
          value={String(shown[name])}
          options={values.map((one) => [one, one.replaceAll("_", " ")] as const)}
          onChange={(value) => change(name, value)}
        />
      ))}
      {["hflip", "vflip"].map((name) => (
        <label key={name} class="switch">
          <input
            type="checkbox"
            role="switch"
            checked={Boolean(shown[name])}
            onChange={(event) => change(name, event.currentTarget.checked)}
          />
          <span>{word(name)}</span>
        </label>
      ))}
      <div class="row">
        <Button kind="main" disabled={!Object.keys(draft).length} onClick={() => save("isp_settings", draft, onSaved)}>
          {t("common.save")}
        </Button>
      </div>
    </section>
  );
}
