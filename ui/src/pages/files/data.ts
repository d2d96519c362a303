/** Video files as their interface gives them. */
import { json, request } from "../../lib/api";

export interface VideoFile {
  file_uuid: string;
  file_name: string;
  size_bytes: number;
  status: "uploading" | "probing" | "ready" | "failed";
  error?: { message: string } | string | null;
  duration: number | null;
  width: number | null;
  height: number | null;
  fps: number | null;
  total_frames: number | null;
  container: string | null;
  video: { codec: string } | null;
  audio: { codec: string } | null;
  analysed: { face: boolean; object: boolean };
  trace_count: number;
  damaged?: boolean;
  owner: string;
  created_at: string;
}

export interface Listed {
  total: number;
  page: number;
  page_size: number;
  files: VideoFile[];
}

export interface Trace {
  trace_id: number;
  kind: "face" | "object";
  label: string;
  start_frame: number;
  end_frame: number;
  frame_count: number;
  start_time: number;
  end_time: number;
  avg_confidence: number;
  identity: string | null;
}

export interface TraceBox {
  frame: number;
  trace_id: number;
  kind: "face" | "object";
  label: string;
  x: number;
  y: number;
  width: number;
  height: number;
  confidence: number;
  interpolated: boolean;
}

export interface FrameTime {
  n: number;
  t: number;
  key: boolean;
}

export interface Analysis {
  job_id: string;
  status: "queued" | "running" | "done" | "failed" | "cancelled";
  progress: number;
  error?: { message: string } | string | null;
}

export const FILES = "api/v1";
export const pathOf = (id: string) => `${FILES}/file/${id}`;

export async function removeFile(id: string): Promise<void> {
  await request(pathOf(id), { method: "DELETE" });
}

export async function analyse(id: string, replace: boolean): Promise<void> {
  await request(`${pathOf(id)}/process`, { method: "POST", body: { replace } });
}

const PAGE = 10_000;

/** Return when each frame is shown. */
export async function frameTimes(id: string, total: number, signal: AbortSignal): Promise<FrameTime[]> {
  const all: FrameTime[] = [];
  while (all.length < total) {
    const { frames } = await json<{ frames: FrameTime[] }>(`${pathOf(id)}/frames?start=${all.length}&count=${PAGE}`, {
      signal,
    });
    if (!frames.length) break;
    all.push(...frames);
  }
  return all;
}

/** What is wrong with a file, in words. */
export function wrongWith({ error }: { error?: { message: string } | string | null }): string {
  return typeof error === "string" ? error : (error?.message ?? "");
}
