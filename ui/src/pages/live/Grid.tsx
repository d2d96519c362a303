import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../../i18n/i18n";
import { type CameraConfig, cameraName, cameras } from "../../lib/config";
import { prefs, setPrefs } from "../../lib/prefs";
import type { Alert } from "./alerts";
import { BIRDSEYE, BirdseyeTile } from "./BirdseyeTile";
import { arrange, type Space } from "./layout";
import { merged, moved, ordered } from "./order";
import { Tile } from "./Tile";
import { useDrag } from "./useDrag";

interface Props {
  shown: CameraConfig[];
  alerts: Alert[];
  group: string | null;
  arranging: boolean;
  /** The ratio of the picture of all cameras, null to leave it out. */
  birdseye: number | null;
}

const GAP = 8;
const WIDE = 16 / 9;

/** The cameras' pictures, as large as the page allows. */
export function Grid({ shown, alerts, group, arranging, birdseye }: Props) {
  const list = useRef<HTMLUListElement>(null);
  const space = useSpace(list);
  const [said, say] = useState("");
  const names = shown.map(({ name }) => name);

  const keep = (part: string[]) => {
    const all = ordered(cameras.value, prefs.value.order).map(({ name }) => name);
    setPrefs({ order: merged(all, part) });
  };
  const ratios = shown.map(({ detect }) => detect.width / detect.height || WIDE);
  const layout = space && arrange(birdseye ? [...ratios, birdseye] : ratios, space);
  const { drag, grab } = useDrag(names, layout?.boxes.slice(0, names.length) ?? [], arranging, keep);

  const ratioOf = new Map(names.map((name, index) => [name, ratios[index] as number]));
  const order = drag?.order ?? names;
  const preview =
    drag && space
      ? arrange([...order.map((name) => ratioOf.get(name) as number), ...(birdseye ? [birdseye] : [])], space)
      : layout;
  const step = (name: string, steps: number) => {
    const to = names.indexOf(name) + steps;
    if (to < 0 || to >= names.length) return;
    keep(moved(names, name, to));
    say(t("live.place", { camera: cameraName(name), n: to + 1, all: names.length }));
  };
  return (
    <>
      <ul ref={list} class="live-grid" style={{ height: `${preview?.height ?? 0}px` }}>
        {preview &&
          shown.map((camera, index) => {
            const mine = drag?.name === camera.name ? drag : null;
            const box = mine ? layout?.boxes[index] : preview.boxes[order.indexOf(camera.name)];
            return (
              box && (
                <Tile
                  key={camera.name}
                  camera={camera}
                  box={box}
                  open={alerts.some((alert) => alert.camera === camera.name && alert.end_time === null)}
                  group={group}
                  arranging={arranging}
                  drag={mine}
                  onGrab={(event) => grab(camera.name, event)}
                  onMove={(steps) => step(camera.name, steps)}
                />
              )
            );
          })}
        {preview && birdseye && <BirdseyeTile key={BIRDSEYE} box={preview.boxes.at(-1)!} group={group} />}
      </ul>
      <p class="hidden-text" role="status">
        {said}
      </p>
    </>
  );
}

/** How much space there is for the grid without scrolling the page; null until it was measured. */
function useSpace(list: { current: HTMLElement | null }): Space | null {
  const [space, setSpace] = useState<Space | null>(null);
  const measure = () => {
    const element = list.current;
    if (!element) return;
    const top = element.getBoundingClientRect().top + scrollY;
    const page = getComputedStyle(element.parentElement as HTMLElement);
    const below = Number.parseFloat(page.paddingBottom);
    const height = Math.max(200, Math.floor(innerHeight - top - below));
    const width = element.clientWidth;
    setSpace((old) => (old && old.width === width && old.height === height ? old : { width, height, gap: GAP }));
  };
  useLayoutEffect(measure); // something above may have come or gone
  useLayoutEffect(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(list.current as Element);
    observer.observe(list.current?.parentElement as Element);
    addEventListener("resize", measure);
    return () => {
      observer.disconnect();
      removeEventListener("resize", measure);
    };
  }, []);
  return space;
}
