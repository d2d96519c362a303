/** The section of a camera in the configuration file, of what was chosen. Nothing of the page. */
import type { Nested } from "../settings/keys";
import { withLogin } from "./streams";

export type What = "everything" | "motion" | "alerts" | "nothing";

export interface Choice {
  name: string;
  record: string;
  detect: string;
  user: string;
  password: string;
  what: What;
  days: number;
  detectOn: boolean;
  /** Labels; empty for those of the whole file. */
  track: readonly string[];
  /** Host and port of a camera that turns. */
  onvif: { host: string; port: number } | null;
}

export const DAYS = [1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 180, 365] as const;

/** Return what stands under `cameras.<key>`. */
export function section(choice: Choice): Nested {
  const { name, user, password, onvif, track } = choice;
  return {
    ...(name ? { friendly_name: name } : {}),
    ffmpeg: { inputs: inputs(choice) },
    detect: { enabled: choice.detectOn },
    ...(track.length ? { objects: { track: [...track] } } : {}),
    record: recorded(choice),
    snapshots: { enabled: choice.detectOn },
    ...(onvif
      ? {
          onvif: {
            host: onvif.host,
            port: onvif.port,
            ...(user ? { user: escaped(user), password: escaped(password) } : {}),
          },
        }
      : {}),
  };
}

function inputs({ record, detect, user, password, detectOn, what }: Choice): Nested[] {
  const path = (url: string) => withLogin(url, user, password);
  const detects = detectOn ? detect : record;
  if (record === detects) return [{ path: path(record), roles: ["record", "detect"] }];
  const low = { path: path(detects), roles: ["detect"] };
  return what === "nothing"
    ? [{ ...low, roles: ["record", "detect"] }]
    : [{ path: path(record), roles: ["record"] }, low];
}

function recorded({ what, days }: Choice): Nested {
  if (what === "nothing") return { enabled: false };
  const kept = (n: number) => ({ retain: { days: n } });
  if (what === "everything") return { enabled: true, continuous: { days }, ...longer(days) };
  if (what === "motion") return { enabled: true, motion: { days }, ...longer(days) };
  return { enabled: true, alerts: kept(days), detections: kept(0) };
}

/** Alerts are kept ten days; longer if everything else is. */
const longer = (days: number): Nested =>
  days > 10 ? { alerts: { retain: { days } }, detections: { retain: { days } } } : {};

// Braces name secrets in the file; two of them are one brace.
const escaped = (text: string) => text.replaceAll("{", "{{").replaceAll("}", "}}");
