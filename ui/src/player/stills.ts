/** Newest pictures of cameras: shown at once, until video runs. */

import { address } from "../lib/api";
import { sessionLost } from "../lib/session-state";

export interface Still {
  bitmap: ImageBitmap;
  /** When the picture was taken, epoch seconds. */
  at: number;
}

const MOST = 24;
const kept = new Map<string, Still>();

/** Load a camera's newest picture, or null if there is none now. */
export async function loadStill(camera: string, height: number, signal: AbortSignal): Promise<Still | null> {
  const url = address(`api/${encodeURIComponent(camera)}/latest.jpg`, { height });
  const response = await fetch(url, { signal });
  if (response.status === 401) sessionLost.value = true;
  const at = Number(response.headers.get("X-Frame-Time"));
  if (!response.ok || !at) return null;
  return { bitmap: await createImageBitmap(await response.blob()), at };
}

/** Return what was last seen of a camera on this page; it belongs to this file. */
export const keptStill = (camera: string): Still | undefined => kept.get(camera);

/** Remember what was last seen of a camera, so that another view of it shows it at once. */
export async function keepStill(camera: string, picture: CanvasImageSource & Sized, at: number): Promise<void> {
  const [width, height] = sizeOf(picture);
  if (!width || !height || (kept.get(camera)?.at ?? 0) > at) return;
  const resizeHeight = Math.min(360, height);
  const resizeWidth = Math.round((width * resizeHeight) / height);
  const bitmap = await createImageBitmap(picture, { resizeWidth, resizeHeight }).catch(() => null);
  if (!bitmap) return;
  kept.get(camera)?.bitmap.close();
  kept.delete(camera);
  kept.set(camera, { bitmap, at });
  for (const [name, old] of kept) {
    if (kept.size <= MOST) break;
    old.bitmap.close();
    kept.delete(name);
  }
}

interface Sized {
  width: number;
  height: number;
}

function sizeOf(picture: Sized): [number, number] {
  return picture instanceof HTMLVideoElement
    ? [picture.videoWidth, picture.videoHeight]
    : [picture.width, picture.height];
}
