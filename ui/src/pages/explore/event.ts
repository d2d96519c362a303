/** An event as `/api/events` gives it, as far as pages use it. Boxes are [x, y, width, height], in fractions. */
export type Box = [number, number, number, number];
export type PathPoint = [[number, number], number];

export interface EventRow {
  id: string;
  camera: string;
  label: string;
  sub_label: string | null;
  zones: string[];
  start_time: number;
  end_time: number | null;
  has_clip: boolean;
  has_snapshot: boolean;
  retain_indefinitely: boolean;
  plus_id: string | null;
  false_positive: boolean | null;
  data: {
    type: "object" | "api" | "audio";
    score: number | null;
    top_score: number | null;
    max_severity: "alert" | "detection" | null;
    box?: Box | null;
    path_data?: PathPoint[];
    description?: string;
    recognized_license_plate?: string | null;
    average_estimated_speed?: number;
  };
}

/** What happened to an event's object. */
export interface Entry {
  timestamp: number;
  class_type: string;
  data: { box?: Box | null; zones?: string[]; attribute?: string; score?: number | null };
}
