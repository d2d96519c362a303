import { Chips } from "../../../components/Chips";
import { Field, Select, Switch } from "../../../components/Field";
import { label, t } from "../../../i18n/i18n";
import { percent } from "../../../lib/units";
import { knownLabels } from "../labels";
import { changeOne } from "./drafts";
import { area, crosses } from "./polygon";
import type { Shape } from "./shapes";
import { kindAbout, kindWord } from "./words";

/** What a shape is called, and what it is for. */
export function ShapeForm({ camera, shape }: { camera: string; shape: Shape }) {
  const set = (to: Partial<Shape>) => changeOne(camera, shape.id, to);
  const labels = [...new Set([...shape.objects, ...knownLabels.value])].map((one) => [one, label(one)] as const);
  const whole = (text: string, least: number) => Math.max(least, Math.round(Number(text)) || least);
  return (
    <section class="card card-body" aria-label={shape.name || shape.key}>
      <Field label={t("common.name")} value={shape.name} maxLength={80} onText={(name) => set({ name })} />
      <Switch label={t("settings.zones.enabled")} checked={shape.enabled} onChange={(enabled) => set({ enabled })} />
      {shape.kind === "zone" && (
        <>
          <div class="field">
            <span class="label">{t("settings.zones.objects")}</span>
            <Chips
              label={t("settings.zones.objects")}
              options={labels}
              chosen={shape.objects}
              onChange={(objects) => set({ objects })}
            />
            <span class="hint">{t("settings.zones.objects.hint")}</span>
          </div>
          <div class="zones-pair">
            <Field
              label={t("settings.zones.inertia")}
              hint={t("settings.zones.inertia.hint")}
              type="number"
              min={1}
              step={1}
              value={shape.inertia}
              onText={(text) => set({ inertia: whole(text, 1) })}
            />
            <Field
              label={t("settings.zones.loitering")}
              hint={t("settings.zones.loitering.hint")}
              type="number"
              min={0}
              step={1}
              value={shape.loitering}
              onText={(text) => set({ loitering: whole(text, 0) })}
            />
          </div>
        </>
      )}
      {shape.kind === "object_mask" && (
        <Select
          label={t("settings.zones.label")}
          value={shape.label}
          options={[["", t("common.all")], ...knownLabels.value.map((one) => [one, label(one)] as const)]}
          onChange={(to) => set({ label: to })}
        />
      )}
      <p class="small soft">
        {kindWord(shape.kind)}: {kindAbout(shape.kind)}
      </p>
      <p class="small soft figures">{t("settings.zones.covers", { share: percent(area(shape.points), 1) })}</p>
      {crosses(shape.points) && (
        <p class="small zones-problem" role="alert">
          {t("settings.zones.crosses")}
        </p>
      )}
    </section>
  );
}
