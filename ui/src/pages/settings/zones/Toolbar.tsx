import type { Signal } from "@preact/signals";
import { CirclePlus, CircleX, Copy, Redo2, Square, Trash2, Undo2, X } from "lucide";
import { Button } from "../../../components/Button";
import { Menu } from "../../../components/Menu";
import { t } from "../../../i18n/i18n";
import { newName } from "./Canvas";
import { change, changeOne, setSteps, stepsOf } from "./drafts";
import { redone, undone } from "./history";
import * as polygon from "./polygon";
import { fresh, KINDS, type Kind } from "./shapes";
import { kindWord } from "./words";

interface Props {
  camera: string;
  chosen: Signal<string | null>;
  point: Signal<number | null>;
  drawing: Signal<Kind | null>;
}

/** What can be done with shapes and their points, also with a finger alone. */
export function Toolbar({ camera, chosen, point, drawing }: Props) {
  const steps = stepsOf(camera);
  const shape = steps.now.find(({ id }) => id === chosen.value);
  const index = point.value;
  const add = (kind: Kind, points: readonly polygon.Point[]) => {
    const made = fresh(kind, newName(kind, steps.now), points);
    drawing.value = null;
    change(camera, [...steps.now, made]);
    chosen.value = made.id;
  };
  const begin = (kind: Kind) => {
    chosen.value = null;
    drawing.value = kind;
  };
  if (drawing.value) {
    const kind = drawing.value;
    return (
      <div class="row">
        <Button icon={Square} onClick={() => add(kind, polygon.rectangle())}>
          {t("settings.zones.rectangle")}
        </Button>
        <Button icon={X} onClick={() => (drawing.value = null)}>
          {t("common.cancel")}
        </Button>
      </div>
    );
  }
  const points = (to: polygon.Point[]) => shape && changeOne(camera, shape.id, { points: to });
  return (
    <div class="row zones-tools">
      <Menu
        label={t("settings.zones.add")}
        icon={CirclePlus}
        kind="plain"
        items={KINDS.map((kind) => ({ text: kindWord(kind), onSelect: () => begin(kind) }))}
      >
        {t("settings.zones.add")}
      </Menu>
      <Button
        icon={Undo2}
        label={t("common.undo")}
        disabled={!steps.past.length}
        onClick={() => setSteps(camera, undone(steps))}
      />
      <Button
        icon={Redo2}
        label={t("settings.zones.redo")}
        disabled={!steps.future.length}
        onClick={() => setSteps(camera, redone(steps))}
      />
      {shape && index !== null && (
        <>
          <Button
            icon={CirclePlus}
            onClick={() => points(polygon.inserted(shape.points, index, polygon.middle(shape.points, index)))}
          >
            {t("settings.zones.addPoint")}
          </Button>
          <Button
            icon={CircleX}
            disabled={shape.points.length <= 3}
            onClick={() => {
              points(polygon.without(shape.points, index));
              point.value = null;
            }}
          >
            {t("settings.zones.deletePoint")}
          </Button>
        </>
      )}
      {shape && (
        <>
          <Button
            icon={Copy}
            label={t("settings.zones.duplicate")}
            onClick={() => add(shape.kind, polygon.shifted(shape.points, [0.03, 0.03]))}
          />
          <Button
            icon={Trash2}
            label={t("common.delete")}
            onClick={() => {
              change(
                camera,
                steps.now.filter((one) => one !== shape),
              );
              chosen.value = null;
            }}
          />
        </>
      )}
    </div>
  );
}
