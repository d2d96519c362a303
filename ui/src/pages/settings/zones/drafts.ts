/** Shapes that are being changed, by camera, with what was there before. They outlive a change of the page. */
import { signal } from "@preact/signals";
import { config } from "../../../lib/config";
import { same } from "../keys";
import { begin, done, type Steps, within } from "./history";
import { type Shape, shapesOf } from "./shapes";

export const shapeDrafts = signal<Record<string, Steps<readonly Shape[]>>>({});

/** What the configuration had when the first change was made: what others have saved since is no change of ours. */
const bases = new Map<string, readonly Shape[]>();

function inForce(camera: string): readonly Shape[] {
  const found = config.value?.cameras[camera];
  return found ? shapesOf(found) : [];
}

/** The shapes that changes are counted from. */
export const baseOf = (camera: string): readonly Shape[] =>
  (shapeDrafts.value[camera] && bases.get(camera)) ?? inForce(camera);

/** The shapes of a camera as they are now; those of the configuration unless they were changed. */
export function stepsOf(camera: string): Steps<readonly Shape[]> {
  const draft = shapeDrafts.value[camera];
  const now = inForce(camera);
  return draft && (draft.past.length || same(draft.now, now)) ? draft : begin(now);
}

export function setSteps(camera: string, steps: Steps<readonly Shape[]> | null): void {
  const { [camera]: _, ...others } = shapeDrafts.value;
  shapeDrafts.value = steps ? { ...others, [camera]: steps } : others;
}

/** Change the shapes as one step, or (`more`) within the newest. */
export function change(camera: string, to: readonly Shape[], more = false): void {
  const steps = stepsOf(camera);
  if (!steps.past.length) bases.set(camera, steps.now);
  setSteps(camera, (more ? within : done)(steps, to));
}

export const changeOne = (camera: string, id: string, to: Partial<Shape>, more = false) =>
  change(
    camera,
    stepsOf(camera).now.map((one) => (one.id === id ? { ...one, ...to } : one)),
    more,
  );

addEventListener("beforeunload", (event) => {
  if (Object.values(shapeDrafts.value).some(({ past }) => past.length)) event.preventDefault();
});
