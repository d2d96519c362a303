/** The configuration in force, as far as the page uses it. Read again whenever it was changed. */
import { computed, signal } from "@preact/signals";
import { json } from "./api";

export interface ZoneConfig {
  enabled: boolean;
  coordinates: string | string[];
  objects: string[];
  color?: number[];
  friendly_name?: string | null;
  [key: string]: unknown;
}

export interface CameraConfig {
  name: string;
  friendly_name?: string | null;
  enabled: boolean;
  detect: { enabled: boolean; width: number; height: number; fps: number; [key: string]: unknown };
  record: { enabled: boolean; [key: string]: unknown };
  audio: { enabled: boolean; [key: string]: unknown };
  live: { streams: Record<string, string>; [key: string]: unknown };
  motion: { mask: unknown; [key: string]: unknown };
  objects: { track: string[]; mask: unknown; filters: Record<string, Record<string, unknown>>; [key: string]: unknown };
  onvif: { host: string; [key: string]: unknown };
  ui: { order: number; dashboard: boolean; [key: string]: unknown };
  zones: Record<string, ZoneConfig>;
  birdseye: { enabled: boolean; order?: number; [key: string]: unknown };
  [key: string]: unknown;
}

export interface CameraGroup {
  cameras: string[];
  icon?: string;
  order: number;
}

export interface Config {
  cameras: Record<string, CameraConfig>;
  camera_groups: Record<string, CameraGroup>;
  birdseye: { enabled: boolean; [key: string]: unknown };
  ui: { timezone?: string | null; time_format?: string; [key: string]: unknown };
  face_recognition?: { enabled: boolean };
  lpr?: { enabled: boolean };
  notifications?: { enabled: boolean };
  version?: string;
  [key: string]: unknown;
}

export const config = signal<Config | null>(null);

/** The cameras that this user may see, in the order of the configuration's `ui.order`. */
export const cameras = computed<CameraConfig[]>(() =>
  Object.values(config.value?.cameras ?? {})
    .filter((camera) => camera.ui.dashboard !== false)
    .sort((a, b) => a.ui.order - b.ui.order),
);

/** Read the configuration. */
export async function loadConfig(): Promise<void> {
  config.value = await json<Config>("api/config");
}

/** How a camera is called for people. */
export function cameraName(name: string): string {
  const given = config.value?.cameras[name]?.friendly_name;
  return given || name.replaceAll("_", " ").replace(/^\p{L}/u, (first) => first.toUpperCase());
}

/** How a zone of a camera is called. */
export function zoneName(camera: string, zone: string): string {
  return config.value?.cameras[camera]?.zones[zone]?.friendly_name || zone.replaceAll("_", " ");
}
