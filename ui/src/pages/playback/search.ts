/** Motion search: asks for it, and knows what was found. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { json, request } from "../../lib/api";
import { toastError } from "../../lib/toasts";
import type { Item } from "../../timeline/Timeline";
import type { Point } from "./region";

export interface Found {
  start_time: number;
  end_time: number;
  strength: number;
  box: [number, number, number, number];
}

export interface Search {
  job_id: string;
  camera: string;
  status: "queued" | "running" | "success" | "failed" | "cancelled";
  message: string;
  progress: number;
  start_time: number;
  end_time: number;
  candidates: Found[];
  results: Found[];
  complete: boolean | null;
}

export interface Wanted {
  camera: string;
  start: number;
  end: number;
  region: readonly Point[];
  minArea: number;
  threshold: number;
}

const ASK_MS = 1000;
export const LONGEST = 31 * 86_400;

export interface MotionSearch {
  found: Signal<Search | null>;
  begin: (wanted: Wanted) => Promise<void>;
  cancel: () => Promise<void>;
  forget: () => void;
}

/** Search for motion; what is found comes while it goes on. */
export function useMotionSearch(): MotionSearch {
  const found = useSignal<Search | null>(null);
  const path = (camera: string, id: string) => `api/${encodeURIComponent(camera)}/search/motion/${id}`;
  const going = found.value?.status === "queued" || found.value?.status === "running";
  useEffect(() => {
    const search = found.peek();
    if (!going || !search) return undefined;
    let asking = false;
    const timer = setInterval(async () => {
      if (asking || document.hidden) return;
      asking = true;
      try {
        const answer = await json<Search>(path(search.camera, search.job_id));
        if (found.peek()?.job_id === answer.job_id) found.value = answer;
      } catch (error) {
        clearInterval(timer);
        toastError(error);
      }
      asking = false;
    }, ASK_MS);
    return () => clearInterval(timer);
  }, [going, found.value?.job_id]);
  return {
    found,
    begin: async ({ camera, start, end, region, minArea, threshold }) => {
      const body = {
        start_time: Math.max(start, end - LONGEST + 1),
        end_time: end,
        polygon_points: region,
        min_area: minArea,
        threshold,
        max_results: 50,
      };
      const { job_id } = await json<{ job_id: string }>(`api/${encodeURIComponent(camera)}/search/motion`, {
        method: "POST",
        body,
      });
      found.value = await json<Search>(path(camera, job_id));
    },
    cancel: async () => {
      const search = found.peek();
      if (search) await request(`${path(search.camera, search.job_id)}/cancel`, { method: "POST" });
      found.value = null;
    },
    forget: () => {
      found.value = null;
    },
  };
}

/** What there is to show: of the footage itself once something of it is known, before that of what was seen then. */
export function shownOf(search: Search | null): { list: Found[]; sure: boolean } {
  if (!search) return { list: [], sure: false };
  const sure = search.results.length > 0 || search.status === "success";
  return { list: sure ? search.results : search.candidates, sure };
}

/** The same as marks of the timeline. */
export function marksOf(search: Search | null): Item[] {
  return shownOf(search).list.map(({ start_time, end_time }) => ({
    kind: "mark",
    id: String(start_time),
    camera: search?.camera ?? "",
    start: start_time,
    end: end_time,
    text: "",
  }));
}
