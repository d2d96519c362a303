import { useId } from "preact/hooks";
import { Chips } from "../../components/Chips";
import { Field, Switch } from "../../components/Field";
import { label as labelName, t } from "../../i18n/i18n";
import { zoneName } from "../../lib/config";
import type { FieldSpec } from "./cameras/fields";
import { knownLabels } from "./labels";

interface Props {
  spec: FieldSpec;
  camera: string;
  value: unknown;
  /** The names of the camera's zones. */
  zones?: readonly string[];
  disabled?: boolean;
  onChange: (value: unknown) => void;
}

/** One key of the configuration as a field. An emptied field gives null, which takes the key out of the file. */
export function FormField({ spec, camera, value, zones = [], disabled = false, onChange }: Props) {
  const label = t(spec.label);
  const hint = spec.hint ? t(spec.hint) : undefined;
  if (spec.kind === "switch") {
    return <Switch label={label} checked={Boolean(value)} disabled={disabled} onChange={onChange} />;
  }
  if (spec.kind === "number") {
    const asNumber = (text: string) => onChange(text === "" ? null : Number(text));
    return (
      <Field
        label={label}
        hint={hint}
        type="number"
        inputMode="decimal"
        min={spec.min}
        max={spec.max}
        step={spec.step === undefined || spec.step < 1 ? "any" : spec.step}
        value={shown(value)}
        disabled={disabled}
        onText={asNumber}
      />
    );
  }
  if (spec.kind === "text") {
    return (
      <Field
        label={label}
        hint={hint}
        value={String(value ?? "")}
        disabled={disabled}
        onText={(text) => onChange(text || null)}
      />
    );
  }
  const chosen = asList(value);
  const known = spec.kind === "zones" ? zones : spec.kind === "sounds" ? SOUNDS : knownLabels.value;
  const named = (one: string) => (spec.kind === "zones" ? zoneName(camera, one) : labelName(one));
  return <LabelChips label={label} hint={hint} known={known} chosen={chosen} named={named} onChange={onChange} />;
}

interface ChipsProps {
  label: string;
  hint?: string | undefined;
  known: readonly string[];
  chosen: string[];
  named: (name: string) => string;
  onChange: (chosen: string[]) => void;
}

function LabelChips({ label, hint, known, chosen, named, onChange }: ChipsProps) {
  const id = useId();
  const all = [...new Set([...chosen, ...known])];
  return (
    <div class="field settings-wide" id={id}>
      <span class="label">{label}</span>
      {all.length ? (
        <Chips
          label={label}
          options={all.map((one) => [one, named(one)] as const)}
          chosen={chosen}
          onChange={onChange}
        />
      ) : (
        <span class="hint">{t("common.none")}</span>
      )}
      {hint && <span class="hint">{hint}</span>}
    </div>
  );
}

const SOUNDS = ["bark", "fire_alarm", "speech", "yell", "scream", "crying", "glass", "doorbell", "siren", "music"];

export function asList(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === "string" && value ? value.split(",").map((one) => one.trim()) : [];
}

/** Filters without a limit are stored as a number that no box reaches; shown as empty. */
function shown(value: unknown): string {
  return typeof value !== "number" || value >= 24_000_000 ? "" : String(Math.round(value * 10_000) / 10_000);
}
