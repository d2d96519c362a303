/** The edge API, as the program gives it to pages: below `edge/api/`, with the session of this page. */
import { address, json } from "../../lib/api";
import { useQuery } from "../../lib/query";

export type Level = "ok" | "warn" | "critical";

export interface SensorConfig {
  type: string;
  gpio: number | null;
  enabled: boolean;
  hold_seconds: number;
  invert_logic: boolean;
  calibration: Record<string, number>;
}

export interface SensorStatus {
  enabled: boolean;
  armed: boolean;
  triggered: boolean;
  suppressed: boolean;
  recording_from_sensor: boolean;
  hold_remaining_seconds: number | null;
  config: SensorConfig;
  sensor: { type: string; name: string; gpio: number | null; running: boolean } | null;
  sensor_error: string | null;
}

export interface Calibration {
  key: string;
  name: string;
  min: number;
  max: number;
  default: number;
  description: string;
  unit?: string;
}

export interface SensorType {
  type: string;
  name: string;
  default_gpio: number | null;
  module: string;
  description: string;
  use_case: string;
  wiring: { pin: string; connect: string }[];
  wiring_note: string;
  calibration: Calibration[];
}

export interface Recording {
  path: string;
  size: number;
  mtime: string | number;
  meta?: { reason?: string; started?: string; duration_seconds?: number; sensor_type?: string | null; crash?: boolean };
  thumbnail?: string;
  sprite?: string;
}

/** Ask; with a body, change something. `path` is that of the edge API, without a slash before it. */
export const edge = <T>(path: string, body?: object, signal?: AbortSignal): Promise<T> =>
  json<T>(`edge/api/${path}`, { ...(body ? { method: "POST", body } : {}), ...(signal ? { signal } : {}) });

/** The address of a picture or a video. */
export const edgeAddress = (path: string, parameters: Record<string, string> = {}) =>
  address(`edge/api/${path}`, parameters);

/** What a path answers, under a key that the news invalidate (see `news.ts`). */
export const useEdge = <T>(key: string, path: string, every?: number) =>
  useQuery(`edge ${key} ${path}`, (signal) => edge<T>(path, undefined, signal), every ? { every } : {});

/** Epoch seconds of a time as the edge API tells it; null of none. */
export function seconds(time: string | number | null | undefined): number | null {
  if (time === null || time === undefined) return null;
  const at = typeof time === "number" ? time : Date.parse(time) / 1000;
  return Number.isFinite(at) ? at : null;
}
