import { useSignal } from "@preact/signals";
import { FlaskConical, Save, Undo2 } from "lucide";
import { Button } from "../../../components/Button";
import { Trouble } from "../../../components/states";
import { label, t } from "../../../i18n/i18n";
import { type CameraConfig, cameraName } from "../../../lib/config";
import { href, setQuery } from "../../../lib/router";
import { asList, FormField } from "../FormField";
import { at, type Nested, nest } from "../keys";
import { saveCamera } from "../save";
import { startTrial } from "../trial/start";
import { drafts, forget, forgetSaved, note } from "./drafts";
import { canBeTried, type FieldSpec, filterFields, GROUPS } from "./fields";

/** The usual keys of one camera. Only those that were changed are written. */
export function CameraForm({ camera }: { camera: CameraConfig }) {
  const draft = drafts.value[camera.name] ?? {};
  const failed = useSignal<unknown>(null);
  const changes = Object.keys(draft).length;
  const value = (path: string) => (path in draft ? draft[path] : inForce(camera, path));
  const change = (path: string, to: unknown) => note(camera.name, path, to, inForce(camera, path));
  const save = async () => {
    try {
      failed.value = null;
      await saveCamera(camera.name, nest(draft));
      forgetSaved(camera.name, draft);
    } catch (error) {
      failed.value = error;
    }
  };
  const field = (spec: FieldSpec) => (
    <FormField
      key={spec.path}
      spec={spec}
      camera={camera.name}
      zones={Object.keys(camera.zones)}
      value={value(spec.path)}
      disabled={spec.needs !== undefined && !value(spec.needs)}
      onChange={(to) => change(spec.path, to)}
    />
  );
  const tracked = asList(value("objects.track"));
  const trial = Object.fromEntries(Object.entries(draft).filter(([path]) => canBeTried(path))) as Nested;
  return (
    <form
      class="cameras-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (changes) void save();
      }}
    >
      <div class="row">
        <Button onClick={() => setQuery({ camera: null }, { push: true })}>{t("settings.allCameras")}</Button>
        <h3 class="cameras-title">{cameraName(camera.name)}</h3>
        <code class="soft">{camera.name}</code>
      </div>
      {GROUPS.map((group) => (
        <fieldset key={group.title} class="card card-body">
          <legend class="hidden-text">{t(group.title)}</legend>
          <h3>{t(group.title)}</h3>
          <div class="settings-fields">{group.fields.map(field)}</div>
        </fieldset>
      ))}
      <fieldset class="card card-body">
        <legend class="hidden-text">{t("settings.form.filters")}</legend>
        <h3>{t("settings.form.filters")}</h3>
        <p class="soft small">{t("settings.form.filters.about")}</p>
        {tracked.map((one) => (
          <details key={one} class="cameras-filter">
            <summary>{label(one)}</summary>
            <div class="settings-fields">{filterFields("objects.filters", one).map(field)}</div>
          </details>
        ))}
      </fieldset>
      <Streams camera={camera} />
      {failed.value ? <Trouble error={failed.value} /> : null}
      {changes > 0 && (
        <div class="settings-foot">
          <span class="grow soft small">{t("settings.unsaved", { n: changes })}</span>
          <Button icon={Undo2} onClick={() => forget(camera.name)}>
            {t("settings.discard")}
          </Button>
          {Object.keys(trial).length > 0 && (
            <Button icon={FlaskConical} onClick={() => startTrial(camera.name, nest(trial))}>
              {t("settings.try")}
            </Button>
          )}
          <Button kind="main" icon={Save} onClick={save}>
            {t("common.save")}
          </Button>
        </div>
      )}
    </form>
  );
}

interface Input {
  path: string;
  roles: string[];
}

function Streams({ camera }: { camera: CameraConfig }) {
  const inputs = (camera.ffmpeg as { inputs?: Input[] } | undefined)?.inputs ?? [];
  return (
    <section class="card card-body">
      <h3>{t("settings.form.streams")}</h3>
      <ul class="stack">
        {inputs.map(({ path, roles }) => (
          <li key={path} class="row">
            <code class="cameras-address">{path}</code>
            {roles.map((role) => (
              <span key={role} class="badge">
                {role}
              </span>
            ))}
          </li>
        ))}
      </ul>
      <p class="soft small">
        {t("settings.form.streams.about")} <a href={href("config")}>{t("settings.file")}</a>
      </p>
    </section>
  );
}

/** The value of the file: what was switched while running does not count. */
function inForce(camera: CameraConfig, path: string): unknown {
  const written = path.endsWith("enabled") ? at(camera, `${path}_in_config`) : undefined;
  return written ?? at(camera, path);
}
