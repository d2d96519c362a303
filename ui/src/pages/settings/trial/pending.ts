/** What was changed in the forms of a camera and among its shapes, and is not saved yet. */
import { config } from "../../../lib/config";
import { drafts, forget } from "../cameras/drafts";
import { canBeTried } from "../cameras/fields";
import { merged, type Nested, nest } from "../keys";
import { baseOf, setSteps, stepsOf } from "../zones/drafts";
import { changes } from "../zones/shapes";

/** Keys of the camera that a trial can use. */
export function pending(camera: string): Nested {
  if (!config.value?.cameras[camera]) return {};
  const drawn = changes(baseOf(camera), stepsOf(camera).now);
  const typed = Object.fromEntries(Object.entries(drafts.value[camera] ?? {}).filter(([path]) => canBeTried(path)));
  const { privacy_masks: _, ...shapes } = drawn;
  return merged(shapes, nest(typed));
}

/** Forget them: they were saved, or are not wanted. */
export function forgetPending(camera: string): void {
  forget(camera);
  setSteps(camera, null);
}
