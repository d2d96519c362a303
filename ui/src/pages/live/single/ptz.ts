/** Orders to cameras that turn. */
import { json } from "../../../lib/api";
import { send } from "../../../lib/socket";

export interface PtzInfo {
  features?: string[];
  presets?: string[];
}

/** Tell a camera to turn; over the socket, since an order to stop must not wait for a connection. */
export function order(camera: string, command: string): void {
  if (!send(`${camera}/ptz`, command))
    json(`api/${encodeURIComponent(camera)}/ptz`, { method: "POST", body: { command } }).catch(() => {});
}

/** Ask what a camera can do. */
export const ask = (camera: string, signal: AbortSignal): Promise<PtzInfo> =>
  json(`api/${encodeURIComponent(camera)}/ptz/info`, { signal });
