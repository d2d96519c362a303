/** A review item as `/api/review` gives it: what happened at one camera during a time. */

import { label } from "../../i18n/i18n";
import { cameraName, zoneName } from "../../lib/config";

export type Severity = "alert" | "detection";

export interface ReviewItem {
  id: string;
  camera: string;
  severity: Severity;
  start_time: number;
  end_time: number | null;
  has_been_reviewed: boolean;
  thumb_path: string;
  data: {
    detections: string[];
    objects: string[];
    sub_labels: string[];
    zones: string[];
    audio: string[];
    thumb_time: number | null;
  };
}

/** "Person, Car", with the names of those who are known. */
export function titleOf({ data }: ReviewItem): string {
  const names = data.objects.filter((one) => !one.endsWith("-verified")).map(label);
  return [...data.sub_labels, ...new Set([...names, ...data.audio.map(label)])].join(", ");
}

/** "Front door · porch" */
export function placeOf({ camera, data }: ReviewItem): string {
  const zones = data.zones.map((zone) => zoneName(camera, zone));
  return [cameraName(camera), ...zones].join(" · ");
}
