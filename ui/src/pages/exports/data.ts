/** Exports, cases and the jobs that make exports, as the interface gives them. */
import { useEffect } from "preact/hooks";
import { json } from "../../lib/api";
import { invalidate, useQuery } from "../../lib/query";
import { listen } from "../../lib/socket";

export interface ExportRow {
  id: string;
  camera: string;
  name: string;
  /** The begin of the range. */
  date: number;
  video_path: string;
  thumb_path: string;
  in_progress: boolean;
  export_case_id: string | null;
}

export interface Case {
  id: string;
  name: string;
  description: string;
  created_at: number;
}

export interface ExportJob {
  id: string;
  status: "queued" | "running" | "success" | "failed" | "cancelled";
  camera: string;
  name: string;
  current_step: string;
  progress_percent: number;
  error_message: string | null;
  request_start_time: number;
  request_end_time: number;
  start_time: number | null;
  results: { size_bytes?: number } | null;
}

export const useExports = () =>
  useQuery("exports", (signal) => json<ExportRow[]>("api/exports", { signal }), { every: 30_000 });

export const useCases = () => useQuery("cases", (signal) => json<Case[]>("api/cases", { signal }), { every: 60_000 });

/** The jobs, kept up to date by what is published of them. */
export function useJobs() {
  const asked = useQuery("export jobs", (signal) => json<ExportJob[]>("api/jobs/export", { signal }), {
    every: 20_000,
  });
  useEffect(
    () =>
      listen("job_state", (payload) => {
        const job = (payload as { export?: ExportJob } | null)?.export;
        if (!job) return;
        void asked.refresh();
        if (job.status !== "running") invalidate("exports");
      }),
    [],
  );
  return asked;
}
