import { useSignal } from "@preact/signals";
import { VectorSquare } from "lucide";
import { useEffect } from "preact/hooks";
import { Select, Switch } from "../../../components/Field";
import { Empty } from "../../../components/states";
import { t } from "../../../i18n/i18n";
import { type CameraConfig, cameraName, config } from "../../../lib/config";
import { query, setQuery } from "../../../lib/router";
import { Canvas } from "./Canvas";
import { stepsOf } from "./drafts";
import { SaveBar } from "./SaveBar";
import { ShapeForm } from "./ShapeForm";
import { ShapeList } from "./ShapeList";
import type { Kind } from "./shapes";
import { Toolbar } from "./Toolbar";
import "./zones.css";

/** Zones and masks of one camera, drawn on its picture. */
export default function ZonesPart() {
  const all = Object.values(config.value?.cameras ?? {});
  const camera = all.find(({ name }) => name === query.value.get("camera")) ?? all[0];
  if (!camera) {
    return (
      <div class="card">
        <Empty icon={VectorSquare} title={t("live.none")} />
      </div>
    );
  }
  return <Editor key={camera.name} camera={camera} all={all} />;
}

function Editor({ camera, all }: { camera: CameraConfig; all: CameraConfig[] }) {
  const chosen = useSignal<string | null>(query.peek().get("shape"));
  const point = useSignal<number | null>(null);
  /** What is being drawn: its points come one by one. */
  const drawing = useSignal<Kind | null>(null);
  const live = useSignal(true);
  const shapes = stepsOf(camera.name).now;
  const shape = shapes.find(({ id }) => id === chosen.value);
  useEffect(() => {
    point.value = null;
  }, [chosen.value]);

  return (
    <div class="zones">
      <div class="row apart">
        <Select
          label={t("common.camera")}
          bare
          value={camera.name}
          options={all.map(({ name }) => [name, cameraName(name)] as const)}
          onChange={(name) => setQuery({ camera: name, shape: null }, { push: true })}
        />
        <Switch label={t("settings.zones.live")} checked={live.value} onChange={(on) => (live.value = on)} />
      </div>
      <div class="zones-parts">
        <div class="stack">
          <Canvas camera={camera} chosen={chosen} point={point} drawing={drawing} live={live.value} />
          <Toolbar camera={camera.name} chosen={chosen} point={point} drawing={drawing} />
          {shape && <ShapeForm key={shape.id} camera={camera.name} shape={shape} />}
        </div>
        <ShapeList shapes={shapes} chosen={chosen} />
      </div>
      <SaveBar camera={camera} onSaved={() => (chosen.value = null)} />
    </div>
  );
}
