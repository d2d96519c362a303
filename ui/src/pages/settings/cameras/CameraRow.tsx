import { ExternalLink, SlidersHorizontal, Trash2, VectorSquare } from "lucide";
import { Button } from "../../../components/Button";
import { useOpen } from "../../../components/Dialog";
import { Switch } from "../../../components/Field";
import { Menu } from "../../../components/Menu";
import { t } from "../../../i18n/i18n";
import { address, json } from "../../../lib/api";
import { type CameraConfig, cameraName, config, loadConfig } from "../../../lib/config";
import { href, navigate } from "../../../lib/router";
import { topic } from "../../../lib/socket";
import { toastError } from "../../../lib/toasts";
import { number } from "../../../lib/units";
import { saveCamera } from "../save";
import { RemoveCamera } from "./RemoveCamera";

interface Monitoring {
  streams: Record<string, string>;
  camera_fps: number;
  expected_fps: number;
}

export function CameraRow({ camera }: { camera: CameraConfig }) {
  const [removing, remove, keep] = useOpen();
  const { name } = camera;
  const given = camera.webui_url as string | null | undefined;
  const web = /^https?:\/\//i.test(given ?? "") ? (given as string) : null;
  return (
    <li class="cameras-row">
      <a class="cameras-picture" href={edit(name)} tabIndex={-1} aria-hidden="true">
        {camera.enabled && (
          <img src={address(`api/${encodeURIComponent(name)}/latest.jpg`, { height: 120 })} alt="" loading="eager" />
        )}
      </a>
      <div class="grow">
        <a class="cameras-name" href={edit(name)}>
          {cameraName(name)}
        </a>
        <State camera={camera} />
      </div>
      <Switch
        label={camera.enabled ? t("common.on") : t("common.off")}
        checked={camera.enabled}
        onChange={(on) => void turn(camera, on).catch(toastError)}
      />
      <Button icon={SlidersHorizontal} href={edit(name)}>
        {t("common.edit")}
      </Button>
      <Menu
        label={t("common.more")}
        items={[
          {
            text: t("settings.zones"),
            icon: VectorSquare,
            onSelect: () => navigate(href("settings", { part: "zones", camera: name })),
          },
          ...(web ? [{ text: t("settings.form.webui"), icon: ExternalLink, href: web }] : []),
          { text: t("settings.removeCamera"), icon: Trash2, onSelect: remove },
        ]}
      />
      {removing && <RemoveCamera name={name} onClose={keep} />}
    </li>
  );
}

function State({ camera }: { camera: CameraConfig }) {
  const found = topic<Record<string, Monitoring>>("camera_monitoring").value?.[camera.name];
  const streams = Object.values(found?.streams ?? {});
  const gone = streams.length > 0 && streams.some((one) => one !== "online");
  const { width, height } = camera.detect;
  const does = [
    camera.record.enabled && t("settings.camera.records"),
    camera.detect.enabled && t("settings.camera.detects"),
    camera.audio.enabled && t("settings.camera.listens"),
  ].filter(Boolean);
  return (
    <span class="row small soft">
      {!camera.enabled ? (
        <span class="badge">{t("settings.camera.off")}</span>
      ) : gone ? (
        <span class="badge alert">{t("settings.camera.gone")}</span>
      ) : streams.length ? (
        <span class="badge good">{t("settings.camera.online")}</span>
      ) : null}
      <span class="figures">
        {width}×{height}
        {found && camera.enabled ? ` · ${number(found.camera_fps, 1)} fps` : ""}
        {does.length ? ` · ${does.join(", ")}` : ""}
      </span>
    </span>
  );
}

const edit = (camera: string) => href("settings", { part: "cameras", camera });

/** Switch a camera in the file, and also where it was switched off while running. */
async function turn(camera: CameraConfig, on: boolean): Promise<void> {
  if (camera.enabled_in_config !== on) await saveCamera(camera.name, { enabled: on });
  if (config.peek()?.cameras[camera.name]?.enabled === on) return;
  const path = `api/camera/${encodeURIComponent(camera.name)}/set/enabled`;
  await json(path, { method: "PUT", body: { value: on ? "ON" : "OFF" } });
  await loadConfig();
}
