/** The keys of a camera that have a field in its form; all others are changed in the file. */
import type { Word } from "../../../i18n/i18n";

export interface FieldSpec {
  /** Dotted path below `cameras.<name>`. */
  path: string;
  kind: "text" | "number" | "switch" | "labels" | "sounds" | "zones";
  label: Word;
  hint?: Word;
  min?: number;
  max?: number;
  step?: number;
  /** Only of use while this switch is on. */
  needs?: string;
}

export interface GroupSpec {
  title: Word;
  fields: readonly FieldSpec[];
}

const days = (path: string, label: Word, needs = "record.enabled"): FieldSpec => ({
  path,
  kind: "number",
  label,
  min: 0,
  step: 0.5,
  needs,
});

export const GROUPS: readonly GroupSpec[] = [
  {
    title: "settings.form.general",
    fields: [
      { path: "friendly_name", kind: "text", label: "common.name" },
      { path: "ui.order", kind: "number", label: "settings.form.order", step: 1 },
      { path: "webui_url", kind: "text", label: "settings.form.webui" },
      { path: "ui.dashboard", kind: "switch", label: "settings.form.dashboard" },
      { path: "ui.review", kind: "switch", label: "settings.form.inReview" },
    ],
  },
  {
    title: "settings.form.detect",
    fields: [
      { path: "detect.enabled", kind: "switch", label: "settings.form.detectOn" },
      { path: "objects.track", kind: "labels", label: "settings.form.track", needs: "detect.enabled" },
      {
        path: "detect.fps",
        kind: "number",
        label: "settings.form.fps",
        hint: "settings.form.fps.hint",
        min: 1,
        max: 60,
        step: 1,
        needs: "detect.enabled",
      },
      {
        path: "motion.threshold",
        kind: "number",
        label: "settings.form.motionThreshold",
        hint: "settings.form.motionThreshold.hint",
        min: 1,
        max: 255,
        step: 1,
      },
      {
        path: "motion.contour_area",
        kind: "number",
        label: "settings.form.contourArea",
        hint: "settings.form.contourArea.hint",
        min: 1,
        step: 1,
      },
      {
        path: "objects.false_places",
        kind: "switch",
        label: "settings.form.falsePlaces",
        needs: "detect.enabled",
      },
    ],
  },
  {
    title: "settings.form.record",
    fields: [
      { path: "record.enabled", kind: "switch", label: "settings.form.recordOn" },
      days("record.continuous.days", "settings.form.continuous"),
      days("record.motion.days", "settings.form.motionDays"),
      days("record.alerts.retain.days", "settings.form.alertDays"),
      days("record.detections.retain.days", "settings.form.detectionDays"),
      { ...days("record.alerts.pre_capture", "settings.form.pre"), max: 60, step: 1 },
      { ...days("record.alerts.post_capture", "settings.form.post"), max: 3600, step: 1 },
    ],
  },
  {
    title: "settings.form.snapshots",
    fields: [
      { path: "snapshots.enabled", kind: "switch", label: "settings.form.snapshotsOn" },
      days("snapshots.retain.default", "settings.form.snapshotDays", "snapshots.enabled"),
      { path: "snapshots.bounding_box", kind: "switch", label: "settings.form.box", needs: "snapshots.enabled" },
      { path: "snapshots.timestamp", kind: "switch", label: "settings.form.timestamp", needs: "snapshots.enabled" },
    ],
  },
  {
    title: "settings.form.review",
    fields: [
      { path: "review.alerts.enabled", kind: "switch", label: "settings.form.alertsOn" },
      {
        path: "review.alerts.labels",
        kind: "labels",
        label: "settings.form.alertLabels",
        needs: "review.alerts.enabled",
      },
      {
        path: "review.alerts.required_zones",
        kind: "zones",
        label: "settings.form.alertZones",
        needs: "review.alerts.enabled",
      },
      { path: "review.detections.enabled", kind: "switch", label: "settings.form.detectionsOn" },
      {
        path: "review.detections.required_zones",
        kind: "zones",
        label: "settings.form.detectionZones",
        needs: "review.detections.enabled",
      },
    ],
  },
  {
    title: "settings.form.audio",
    fields: [
      { path: "audio.enabled", kind: "switch", label: "settings.form.audioOn" },
      {
        path: "audio.min_volume",
        kind: "number",
        label: "settings.form.volume",
        hint: "settings.form.volume.hint",
        min: 0,
        step: 50,
        needs: "audio.enabled",
      },
      { path: "audio.listen", kind: "sounds", label: "settings.form.listen", needs: "audio.enabled" },
    ],
  },
];

/** What can be asked of each label's boxes and scores. */
export const FILTERS: readonly Omit<FieldSpec, "path">[] = [
  { kind: "number", label: "settings.filter.minScore", min: 0, max: 1, step: 0.05 },
  { kind: "number", label: "settings.filter.threshold", min: 0, max: 1, step: 0.05 },
  { kind: "number", label: "settings.filter.minArea", min: 0, step: 100 },
  { kind: "number", label: "settings.filter.maxArea", min: 0, step: 1000 },
  { kind: "number", label: "settings.filter.minRatio", min: 0, step: 0.1 },
  { kind: "number", label: "settings.filter.maxRatio", min: 0, step: 0.1 },
];
export const FILTER_KEYS = ["min_score", "threshold", "min_area", "max_area", "min_ratio", "max_ratio"] as const;

/** The fields of a label's filter, below a path such as "objects.filters". */
export const filterFields = (below: string, label: string): FieldSpec[] =>
  FILTERS.map((spec, index) => ({ ...spec, path: `${below}.${label}.${FILTER_KEYS[index]}` }));

/** Whether a change of this key changes which events there are, so that it can be tried on footage. */
export const canBeTried = (path: string) =>
  /^(detect|objects|motion|zones|review)\b/.test(path) && path !== "detect.enabled";
