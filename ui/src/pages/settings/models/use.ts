/** The detection models, as `GET /api/models` tells of them. */
import { computed } from "@preact/signals";
import { json } from "../../../lib/api";
import { useQuery } from "../../../lib/query";
import { topic } from "../../../lib/socket";

export interface KnownModel {
  name: string;
  type: string;
  width: number;
  height: number;
  size_bytes: number;
  /** Average precision on COCO, in percent. */
  precision: number;
  licence: string;
  about: string;
  installed: boolean;
}

export interface InstalledModel {
  name: string;
  size_bytes: number;
  sha256: string;
  type: string | null;
  labels: number | null;
  in_use: boolean;
}

export interface Models {
  known: KnownModel[];
  installed: InstalledModel[];
  in_use: string[];
}

export interface Job {
  id: string;
  job_type: string;
  status: "queued" | "running" | "success" | "failed" | "cancelled";
  name?: string;
  camera?: string | null;
  start_time?: number | null;
  end_time?: number | null;
  request_start_time?: number | null;
  request_end_time?: number | null;
  error_message?: string | null;
  current_step?: string | null;
  progress_percent?: number | null;
}

export const useModels = () => useQuery("settings/models", (signal) => json<Models>("api/models", { signal }));

/** The jobs that messages have told of, by their kind. */
export const jobs = computed(() => topic<Record<string, Job>>("job_state").value ?? {});

export const goes = (job: Job | undefined): job is Job => job?.status === "queued" || job?.status === "running";

/** Ask for a job until it has ended, wherever the messages go; `told` hears of each state. */
export async function untilEnd(id: string, told: (job: Job) => void, signal: AbortSignal): Promise<Job> {
  for (;;) {
    const { job } = await json<{ job: Job }>(`api/jobs/${encodeURIComponent(id)}`, { signal });
    told(job);
    if (!goes(job)) return job;
    await new Promise((done) => setTimeout(done, 1000));
    if (signal.aborted) return job;
  }
}
