import { useSignal } from "@preact/signals";
import { Play } from "lucide";
import { Button } from "../../../components/Button";
import { Field, Select } from "../../../components/Field";
import { Trouble } from "../../../components/states";
import { label, t } from "../../../i18n/i18n";
import { cameraName, config } from "../../../lib/config";
import { href, setQuery } from "../../../lib/router";
import { DAY, fromWall, wall } from "../../../lib/time";
import { drafts, note } from "../cameras/drafts";
import { filterFields } from "../cameras/fields";
import { asList, FormField } from "../FormField";
import { at, paths } from "../keys";
import { lastNight } from "./night";
import { forgetPending, pending } from "./pending";
import { startTrial } from "./start";

/** What is tried, and on which hours. */
export function StartForm({ camera, all }: { camera: string; all: string[] }) {
  const night = lastNight(Date.now() / 1000);
  const from = useSignal(localTime(night.from));
  const to = useSignal(localTime(night.to));
  const failed = useSignal<unknown>(null);
  const data = pending(camera);
  const changed = paths(data);
  const range = { from: epoch(from.value), to: epoch(to.value) };
  const wrong = !(range.from < range.to)
    ? t("settings.try.backwards")
    : range.to - range.from > DAY
      ? t("settings.try.long")
      : undefined;
  const start = async () => {
    failed.value = null;
    try {
      await startTrial(camera, data, range);
    } catch (error) {
      failed.value = error;
    }
  };
  return (
    <section class="card card-body">
      <p class="soft">{t("settings.try.intro")}</p>
      <div class="settings-fields">
        <Select
          label={t("common.camera")}
          value={camera}
          options={all.map((name) => [name, cameraName(name)] as const)}
          onChange={(name) => setQuery({ camera: name }, { push: true })}
        />
        <Field
          label={t("settings.try.from")}
          type="datetime-local"
          value={from.value}
          onText={(text) => (from.value = text)}
        />
        <Field
          label={t("settings.try.to")}
          type="datetime-local"
          value={to.value}
          problem={wrong}
          onText={(text) => (to.value = text)}
        />
      </div>
      <Filters camera={camera} />
      <div class="row">
        <span class="small">{t("settings.try.others")}</span>
        <Button href={href("settings", { part: "zones", camera })}>{t("settings.zones")}</Button>
        <Button href={href("settings", { part: "cameras", camera })}>{t("settings.try.camera")}</Button>
      </div>
      {changed.length > 0 && (
        <div class="trial-pending">
          <p class="small">{t("settings.try.pending")}</p>
          <ul class="row">
            {changed.map((path) => (
              <li key={path} class="badge">
                {path}
              </li>
            ))}
          </ul>
        </div>
      )}
      {failed.value ? <Trouble error={failed.value} /> : null}
      <div class="row">
        <Button kind="main" icon={Play} disabled={!changed.length || wrong !== undefined} onClick={start}>
          {t("settings.try.start")}
        </Button>
        {changed.length > 0 && <Button onClick={() => forgetPending(camera)}>{t("settings.discard")}</Button>}
        {!changed.length && <span class="small soft">{t("settings.try.nothing")}</span>}
      </div>
    </section>
  );
}

function Filters({ camera }: { camera: string }) {
  const found = config.value?.cameras[camera];
  const draft = drafts.value[camera] ?? {};
  if (!found) return null;
  const tracked = asList(draft["objects.track"] ?? found.objects.track);
  return (
    <div class="stack">
      {tracked.map((name) => (
        <details key={name} class="trial-filter">
          <summary>{t("settings.try.filter", { label: label(name) })}</summary>
          <div class="settings-fields">
            {filterFields("objects.filters", name).map((spec) => (
              <FormField
                key={spec.path}
                spec={spec}
                camera={camera}
                value={spec.path in draft ? draft[spec.path] : at(found, spec.path)}
                onChange={(value) => note(camera, spec.path, value, at(found, spec.path))}
              />
            ))}
          </div>
        </details>
      ))}
    </div>
  );
}

/** Times as `input type=datetime-local` has them, in the zone that the page shows. */
function localTime(time: number): string {
  const { year, month, day, hour, minute } = wall(time);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`;
}

/** Epoch seconds; NaN while the field is empty. */
function epoch(text: string): number {
  if (!text) return Number.NaN;
  const [year, month, day, hour, minute] = text.split(/\D/).map(Number) as [number, number, number, number, number];
  return fromWall({ year, month, day, hour, minute });
}
