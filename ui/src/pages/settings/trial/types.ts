/** A trial of settings on footage, as `/api/<camera>/try` tells of it. */
import type { Nested } from "../keys";
import type { Job } from "../models/use";

export interface TrialEvent {
  id: string;
  label: string;
  sub_label: string | null;
  start_time: number;
  end_time: number | null;
  score: number;
  /** Left, top, width, height as fractions of the picture. */
  box: [number, number, number, number] | null;
  zones: string[];
  severity: "alert" | "detection" | null;
  has_thumbnail: boolean;
  /** Why the other settings made no event of it. */
  reasons: { setting: string; text: string; value: unknown; limit: unknown }[] | null;
}

export interface Changed {
  before: TrialEvent;
  after: TrialEvent;
}

export interface Result {
  /** Of footage that was replayed. */
  seconds: number;
  missing: { start_time: number; end_time: number }[];
  detector: string | null;
  before: { events: number; frames: number };
  after: { events: number; frames: number };
  same: number;
  gained: TrialEvent[];
  lost: TrialEvent[];
  changed: Changed[];
  unchanged: TrialEvent[];
  dropped: Record<"gained" | "lost" | "changed" | "unchanged", number>;
}

export interface Trial {
  job: Job;
  config: Nested;
  /** Lines of what differs from the settings in force; once they are known. */
  changes?: string[];
  result: Result | null;
}
