import { Eye, Maximize, Move, Plus, Video } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Empty } from "../../components/states";
import { t } from "../../i18n/i18n";
import { cameras, config } from "../../lib/config";
import { useKeys } from "../../lib/keys";
import { prefs } from "../../lib/prefs";
import { href, navigate, query, setQuery } from "../../lib/router";
import { isAdmin } from "../../lib/session";
import { AlertStrip } from "./AlertStrip";
import { useAlerts } from "./alerts";
import { BIRDSEYE, birdseyeRatio, hasBirdseye } from "./BirdseyeTile";
import { choices, choose } from "./choices";
import { Grid } from "./Grid";
import { inGroup, ordered } from "./order";
import { turnFullScreen } from "./single/fullscreen";
import { Single } from "./single/Single";
import "./live.css";

const PREPARE_MS = 2000;

/** All cameras live, or one of them. */
export default function LivePage() {
  const camera = query.value.get("camera");
  const group = query.value.get("group");
  const groups = config.value?.camera_groups ?? {};
  const shown = inGroup(ordered(cameras.value, prefs.value.order), groups, group);
  useKeys(
    Array.from({ length: 9 }, (_, index) => ({
      key: String(index + 1),
      does: t("live.key.camera", { n: index + 1 }),
      run: () => shown[index] && navigate(href("", { camera: shown[index].name, group }), { replace: Boolean(camera) }),
    })),
  );
  if (camera && (camera in (config.value?.cameras ?? {}) || (camera === BIRDSEYE && hasBirdseye())))
    return <Single name={camera} shown={shown} group={group} />;
  return <All shown={shown} group={group} />;
}

function All({ shown, group }: { shown: typeof cameras.value; group: string | null }) {
  const alerts = useAlerts();
  const [arranging, setArranging] = useState(false);
  const groups = Object.entries(config.value?.camera_groups ?? {}).sort((a, b) => a[1].order - b[1].order);
  const inThis = group ? config.value?.camera_groups[group]?.cameras.includes(BIRDSEYE) : choices().birdseye;
  useKeys([
    { key: "f", does: t("live.fullScreen"), run: fullScreen },
    ...(arranging ? [{ key: "Escape", does: t("live.arranged"), run: () => setArranging(false) }] : []),
  ]);
  useEffect(() => {
    // So that a click shows a camera at once; but what is seen now comes first.
    const timer = setTimeout(() => void import("./CameraView").catch(() => {}), PREPARE_MS);
    return () => clearTimeout(timer);
  }, []);

  return (
    <main class="page live" id="content">
      <div class="page-head">
        <h1 class="hidden-text">{t("nav.live")}</h1>
        {groups.length > 0 && <Groups groups={groups.map(([name]) => name)} group={group} />}
        <div class="live-tools">
          {hasBirdseye() && !group && (
            <Button
              kind="quiet"
              icon={Eye}
              label={t("live.birdseye")}
              pressed={choices().birdseye}
              onClick={() => choose({ birdseye: !choices().birdseye })}
            />
          )}
          {shown.length > 1 && (
            <Button
              kind="quiet"
              icon={Move}
              label={arranging ? t("live.arranged") : t("live.arrange")}
              pressed={arranging}
              onClick={() => setArranging(!arranging)}
            />
          )}
          <span class="only-wide">
            <Button kind="quiet" icon={Maximize} label={t("live.fullScreen")} onClick={fullScreen} />
          </span>
        </div>
      </div>
      {alerts && alerts.length > 0 && <AlertStrip alerts={alerts} />}
      {shown.length === 0 && (
        <Empty icon={Video} title={t("live.none")}>
          {isAdmin.value && !cameras.value.length && (
            <Button kind="main" icon={Plus} href={href("wizard")}>
              {t("nav.wizard")}
            </Button>
          )}
        </Empty>
      )}
      <Grid
        shown={shown}
        alerts={alerts ?? []}
        group={group}
        arranging={arranging}
        birdseye={inThis && hasBirdseye() ? birdseyeRatio() : null}
      />
    </main>
  );
}

function Groups({ groups, group }: { groups: string[]; group: string | null }) {
  const chip = (name: string | null) => (
    <button
      key={name}
      type="button"
      class="chip"
      aria-pressed={name === group}
      onClick={() => setQuery({ group: name }, { push: true })}
    >
      {name === null ? t("common.all") : name.replaceAll("_", " ")}
    </button>
  );
  return (
    <div class="chips live-groups" role="group" aria-label={t("live.groups")}>
      {[null, ...groups].map(chip)}
    </div>
  );
}

/** The pictures alone on the screen, and back. */
const fullScreen = () => turnFullScreen(document.querySelector<HTMLElement>(".live"));
