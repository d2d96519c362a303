/** Shapes that are being changed, by camera, with what was there before. They outlive a change of the page. */
import { signal } from "@preact/signals";
import { config } from "../../../lib/config";
import { begin, done, type Steps, within } from "./history";
import { type Shape, shapesOf } from "./shapes";

export const shapeDrafts = signal<Record<string, Steps<readonly Shape[]>>>({});

/** The shapes of a camera as they are now; those of the configuration unless they were changed. */
export function stepsOf(camera: string): Steps<readonly Shape[]> {
  const found = config.value?.cameras[camera];
  return shapeDrafts.value[camera] ?? begin(found ? shapesOf(found) : []);
}

export function setSteps(camera: string, steps: Steps<readonly Shape[]> | null): void {
  const { [camera]: _, ...others } = shapeDrafts.value;
  shapeDrafts.value = steps ? { ...others, [camera]: steps } : others;
}

/** Change the shapes as one step, or (`same`) within the newest. */
export function change(camera: string, to: readonly Shape[], same = false): void {
  setSteps(camera, (same ? within : done)(stepsOf(camera), to));
}

export const changeOne = (camera: string, id: string, to: Partial<Shape>, same = false) =>
  change(
    camera,
    stepsOf(camera).now.map((one) => (one.id === id ? { ...one, ...to } : one)),
    same,
  );

addEventListener("beforeunload", (event) => {
  if (Object.values(shapeDrafts.value).some(({ past }) => past.length)) event.preventDefault();
});
