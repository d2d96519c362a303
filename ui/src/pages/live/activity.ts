/** What cameras see and what is switched on there, from the program's messages. */
import type { Signal } from "@preact/signals";
import { config } from "../../lib/config";
import { listen, topic } from "../../lib/socket";
import type { Gone } from "../../player/LivePlayer";

interface Seen {
  config: Record<string, boolean | number>;
  motion: boolean;
  objects: unknown[];
}

export interface Problem {
  id: string;
  kind: string;
  severity: "warning" | "error";
  camera: string | null;
  since: number;
  text: string;
  action: string;
}

interface Monitored {
  streams: Record<string, string>;
}

export type Severity = "alert" | "detection" | "motion" | null;

/** How the message that answers `onConnect` calls the switches. */
const CALLED: Record<string, string> = {
  record: "recordings",
  autotracking: "ptz_autotracker",
  alerts: "review_alerts",
  detections: "review_detections",
};
/** Problems of a camera that gives no picture. */
const AWAY = ["camera_unreachable", "no_footage"];
/** Problems of what a camera sees. */
const BLIND = ["camera_covered", "camera_blurred", "camera_moved", "camera_frozen", "camera_veiled"];

/** After each connection the program tells how things are: what older messages said may not hold any more. */
function adopt(payload: unknown): void {
  for (const [camera, { config: on, motion }] of Object.entries(payload as Record<string, Seen>)) {
    put(`${camera}/motion`, motion ? "ON" : "OFF");
    put(`${camera}/review_status`, undefined);
    for (const [key, value] of Object.entries(on))
      if (typeof value === "boolean") put(`${camera}/${CALLED[key] ?? key}/state`, value ? "ON" : "OFF");
  }
}

const put = (name: string, value: unknown) => ((topic(name) as Signal<unknown>).value = value);

const first = topic("camera_activity").peek();
if (first) adopt(first);
listen("camera_activity", adopt);

/** What happens at a camera: the worst of it. `open` tells whether there is an alert that goes on, until messages say. */
export function severityOf(camera: string, open: boolean): Severity {
  const status = topic<string>(`${camera}/review_status`).value;
  if (status === "ALERT" || (status === undefined && open)) return "alert";
  if (status === "DETECTION") return "detection";
  return topic<string>(`${camera}/motion`).value === "ON" ? "motion" : null;
}

/** Whether a switch of a camera is on; `otherwise` is what the configuration says. */
export function isOn(camera: string, name: string, otherwise: boolean): boolean {
  const told = topic<string>(`${camera}/${name}/state`).value;
  return told === undefined ? otherwise : told === "ON";
}

/** Why a camera gives no picture; null if it does. */
export function goneOf(camera: string): Gone | null {
  const known = config.value?.cameras[camera];
  if (known && !isOn(camera, "enabled", known.enabled)) return { since: null, off: true };
  const streams = topic<Record<string, Monitored>>("camera_monitoring").value?.[camera]?.streams ?? {};
  const told = problems().find((one) => one.camera === camera && AWAY.includes(one.kind));
  const offline = (streams.record ?? Object.values(streams)[0]) === "offline";
  return offline || told?.kind === "camera_unreachable" ? { since: told?.since ?? null } : null;
}

/** What is wrong with what a camera sees. */
export function troubleOf(camera: string): Problem | undefined {
  return problems().find((one) => one.camera === camera && BLIND.includes(one.kind));
}

function problems(): Problem[] {
  return topic<{ problems: Problem[] }>("health").value?.problems ?? [];
}
